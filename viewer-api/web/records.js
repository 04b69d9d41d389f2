// The records that a person's history was brought together from, each as its hospital wrote it.

import { TAG, text } from './dicom.js';
import { el } from './dom.js';
import { counted, day, sex, t } from './i18n.js';
import { siteName } from './region.js';
import { nameParts } from './names.js';

const FIELDS = [TAG.patientId, TAG.issuer, TAG.birthDate, TAG.sex];
const REASONS = { opened: 'basisOpened', 'same-id': 'basisSameId', 'same-name': 'basisSameName', similar: 'basisSimilar' };

/** What tells one record from another: everything that a hospital says of the patient. */
export function recordOf({ attributes, sites }) {
  const name = JSON.stringify(attributes[TAG.patientName]?.Value ?? []);
  return JSON.stringify([...FIELDS.map((tag) => text(attributes, tag)), name, sites]);
}

/** Records of studies, each with its number of studies, the opened one first. */
export function records(studies) {
  const found = new Map();
  for (const study of studies) {
    const key = recordOf(study);
    const known = found.get(key);
    if (known) known.count += 1;
    else found.set(key, { key, study, count: 1, basis: study.basis });
    if (study.basis === 'opened') found.get(key).basis = 'opened';
  }
  return [...found.values()].sort((a, b) => (b.basis === 'opened') - (a.basis === 'opened'));
}

/** A table of records; with `toggle` each can be taken off the time line. */
export function recordTable(list, toggle) {
  const heads = ['heldBy', 'patient', 'patientId', 'born', 'basis', 'studies'];
  return el(
    'div',
    { class: 'record-place' },
    el(
      'table',
      { class: 'record-table' },
      el('thead', {}, el('tr', {}, toggle && el('th', { scope: 'col' }, t('shownOnLine')), ...heads.map((key) => el('th', { scope: 'col' }, t(key))))),
      el('tbody', {}, ...list.map((record) => line(record, toggle))),
    ),
  );
}

function line({ key, study, count, basis }, toggle) {
  const { attributes, sites } = study;
  const issuer = text(attributes, TAG.issuer);
  const box = toggle && el('input', { type: 'checkbox', checked: true, 'aria-label': `${t('shownOnLine')}: ${text(attributes, TAG.patientId)}`, on: { change: () => toggle(key) } });
  return el(
    'tr',
    { class: `record ${basis}` },
    toggle && el('td', {}, box),
    el('td', {}, sites.map(siteName).join(' · ')),
    el('td', {}, ...nameParts(attributes)),
    el('td', {}, text(attributes, TAG.patientId), issuer && el('span', { class: 'sub' }, ` ${issuer}`)),
    el('td', {}, [day(text(attributes, TAG.birthDate)), sex(text(attributes, TAG.sex))].filter(Boolean).join(' · ')),
    el('td', {}, el('span', { class: `basis ${basis}` }, t(REASONS[basis] ?? 'basisSimilar'))),
    el('td', {}, counted('studyCount', count)),
  );
}
