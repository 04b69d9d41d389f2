// Sharing studies with a patient: the dialog that makes a link and looks after those there are.

import { getJson, isAbort, postJson, sentenceOf } from './api.js';
import { TAG, modalities, text } from './dicom.js';
import { el, fill, icon } from './dom.js';
import { day, t } from './i18n.js';
import { shownName } from './names.js';
import { choice, field, number } from './share-fields.js';
import { linkList } from './share-list.js';
import { made } from './share-made.js';

const MAX_DAYS = 30;
const MAX_OPENINGS = 10_000;
const MAX_NOTE = 500;
const included = [TAG.studyDescription, TAG.modalities].join(',');

/** Shares one study, whose row is asked for when nobody has it. */
export async function shareStudy(uid, row, signal) {
  if (document.querySelector('dialog[open]')) return;
  try {
    const rows = row ? [row] : await getJson(`/dicomweb/studies?StudyInstanceUID=${encodeURIComponent(uid)}&includefield=${included}`, signal);
    if (rows.length > 0) share(rows, [uid], signal);
  } catch (error) {
    if (!isAbort(error)) share([], [], signal, error);
  }
}

/** Opens the dialog for studies of one person, those chosen to begin with ticked, until the signal. The first of `chosen` is
    the one whose links are listed. */
export function share(rows, chosen, signal, failed = null) {
  if (document.querySelector('dialog[open]')) return;
  const turn = new AbortController(); // of the dialog
  const close = () => dialog.close();
  const body = el('div', { class: 'share-body' });
  const title = el('h2', { id: 'share-title', tabindex: '-1' }, t('shareWith'));
  const dialog = el(
    'dialog',
    { class: 'share', 'aria-labelledby': 'share-title' },
    el('header', { class: 'share-head' }, title, el('button', { type: 'button', class: 'quiet close', 'aria-label': t('close'), on: { click: close } }, icon('close'))),
    body,
  );
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    turn.abort();
    dialog.remove(); // And with it address and PIN, which are nowhere else.
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  signal.addEventListener('abort', close, { signal: turn.signal });
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
  if (failed) fill(body, el('p', { class: 'problem', role: 'alert' }, t(sentenceOf(failed))));
  else draw(body, { rows, chosen, signal: turn.signal, title });
}

function draw(body, it) {
  const links = linkList(it.chosen[0], it.signal);
  const place = el('div', { class: 'share-place' });
  const begin = () => {
    it.title.textContent = t('shareWith');
    fill(place, form(it, done));
  };
  const done = (answer, pinOnSlip) => {
    it.title.textContent = t('shareMade');
    fill(place, made(answer, { pinOnSlip, again: begin, signal: it.signal }));
    it.title.focus();
    links.load();
  };
  begin();
  fill(body, place, links.element);
  links.load();
}

function form(it, done) {
  const ticks = it.rows.map((row) => tick(row, it.chosen));
  const days = number({ min: 1, max: MAX_DAYS, value: 7, required: true });
  const openings = number({ min: 1, max: MAX_OPENINGS, placeholder: t('shareAnyNumber') });
  const language = el('select', {}, ...[['', t('shareBrowser')], ['zh', '中文'], ['en', 'English'], ['es', 'Español']].map(([value, name]) => el('option', { value }, name)));
  const note = el('textarea', { rows: '2', maxlength: MAX_NOTE, autocomplete: 'off' });
  const allowed = choice('shareAllowed', [['view', 'shareView'], ['download', 'shareDownload']]);
  const pin = choice('sharePin', [['apart', 'sharePinApart'], ['printed', 'sharePinPrinted']]);
  const problem = el('p', { class: 'problem', role: 'alert' });
  const button = el('button', { type: 'submit', class: 'primary' }, t('shareMake'));
  const submit = async (event) => {
    event.preventDefault();
    const studies = ticks.filter(({ box }) => box.checked).map(({ uid }) => uid);
    problem.textContent = studies.length === 0 ? t('shareNone') : '';
    if (studies.length === 0) return;
    button.disabled = true;
    button.textContent = t('shareMaking');
    const asked = {
      studies, days: Number(days.value), allowed: allowed.value(), language: language.value,
      openings: openings.value === '' ? null : Number(openings.value), note: note.value, pin_on_slip: pin.value() === 'printed',
    };
    try {
      done(await postJson('/api/links', asked, it.signal), asked.pin_on_slip);
    } catch (error) {
      if (isAbort(error)) return;
      problem.textContent = sentence(error);
      button.disabled = false;
      button.textContent = t('shareMake');
    }
  };
  return el(
    'form',
    { class: 'share-form', on: { submit, change: () => { problem.textContent = ''; } } },
    el('p', { class: 'sub' }, t('shareIntro')),
    about(it.rows, ticks),
    el('div', { class: 'share-fields' }, field('shareDays', days), field('shareOpenings', openings), field('shareLanguage', language)),
    el('div', { class: 'share-fields two' }, allowed.element, pin.element),
    field('shareNote', note),
    problem,
    el('div', { class: 'share-do' }, button),
  );
}

/** Whose, and which: several are chosen among, the opened one first. */
function about(rows, ticks) {
  const whose = el('p', { class: 'share-who' }, el('span', { class: 'name' }, shownName(rows[0])));
  if (rows.length === 1) {
    whose.append(' ', el('span', { class: 'sub' }, words(rows[0])));
    return whose;
  }
  return el('fieldset', { class: 'share-studies' }, el('legend', {}, t('shareStudies')), whose, el('ul', {}, ...ticks.map(({ element }) => el('li', {}, element))));
}

function tick(row, chosen) {
  const uid = text(row, TAG.studyUid);
  const box = el('input', { type: 'checkbox', checked: chosen.includes(uid) });
  return { uid, box, element: el('label', {}, box, el('span', {}, words(row))) };
}

function words(row) {
  return [day(text(row, TAG.studyDate)), modalities(row).join(' '), text(row, TAG.studyDescription) || t('noDescription')].filter(Boolean).join(' · ');
}

/** Why there is no link, in words. */
function sentence(error) {
  const known = { 'two-persons': 'shareTwoPersons', malformed: 'shareWrong', 'not-found': 'shareGone' }[error.word];
  return `${t('shareFailed')}: ${t(known ?? sentenceOf(error))}`;
}
