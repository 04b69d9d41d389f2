// The search form, and the QIDO-RS parameters it stands for (PS3.18 10.6).

import { el, icon } from './dom.js';
import { t } from './i18n.js';

const MODALITIES = ['CT', 'MR', 'DX', 'CR', 'US', 'MG', 'XA', 'RF', 'NM', 'PT', 'ES', 'SM', 'OP', 'IO', 'SR', 'ECG', 'OT'];

/** What nobody narrowed. */
export function nothingAsked() {
  return { name: '', id: '', from: '', to: '', modality: '' };
}

/** Whether anything was narrowed. */
export function isAsked(asked) {
  return Object.values(asked).some(Boolean);
}

/** The form over what was asked; `onSearch` gets what is asked now. */
export function searchForm(asked, onSearch) {
  const input = (name, attributes) =>
    el('input', { name, value: asked[name], autocomplete: 'off', spellcheck: 'false', ...attributes });
  const modality = el(
    'select',
    { name: 'modality' },
    el('option', { value: '' }, t('anyModality')),
    ...MODALITIES.map((code) => el('option', { value: code, selected: asked.modality === code }, code)),
  );
  const form = el(
    'form',
    { class: 'search', role: 'search' },
    field('patientName', input('name', { type: 'search', maxlength: '64', placeholder: t('patientNameHint') })),
    field('patientId', input('id', { type: 'search', maxlength: '64' })),
    field('from', input('from', { type: 'date' })),
    field('to', input('to', { type: 'date' })),
    field('modality', modality),
    el(
      'div',
      { class: 'search-do' },
      el('button', { type: 'submit', class: 'primary' }, icon('search'), t('search')),
      el('button', { type: 'button', on: { click: () => onSearch(nothingAsked()) } }, t('clear')),
    ),
  );
  const submit = (event) => {
    event?.preventDefault();
    const typed = new FormData(form);
    onSearch(Object.fromEntries(Object.keys(nothingAsked()).map((key) => [key, String(typed.get(key)).trim()])));
  };
  form.addEventListener('submit', submit);
  modality.addEventListener('change', () => submit());
  return form;
}

function field(key, input) {
  return el('label', { class: 'field' }, el('span', {}, t(key)), input);
}

/** Query parameters of what was asked. */
export function parameters(asked) {
  const out = new URLSearchParams();
  // Parts of a name in the order typed; whatever stands between them (space, comma, caret) may stand there.
  const name = asked.name.split(/[\s,^=*?\\]+/).filter(Boolean).join('*');
  if (name) out.set('PatientName', `*${name}*`);
  if (asked.id) out.set('PatientID', /[*?]/.test(asked.id) ? asked.id : `${asked.id}*`);
  const [from, to] = [asked.from, asked.to].map((date) => date.replaceAll('-', ''));
  if (from || to) out.set('StudyDate', from && to && from > to ? `${to}-${from}` : `${from}-${to}`);
  if (asked.modality) out.set('ModalitiesInStudy', asked.modality);
  return out;
}
