// The hospital's own studies, and links for their patients.

import { isAbort, postJson } from '../api.js';
import { TAG, integer, modalities, text } from '../dicom.js';
import { el, fill, ghosts, icon } from '../dom.js';
import { counted, day, minute, t } from '../i18n.js';
import { nameParts, shownName } from '../names.js';
import { shareStudy } from '../share.js';
import { failed, nothing } from './parts.js';

const SHOWN = 50;
const INCLUDED = [TAG.studyDescription, TAG.modalities, TAG.seriesCount, TAG.instanceCount].join(',');
const WAIT_MS = 300;

/** The page. */
export function studies({ user, signal }) {
  const head = el('h1', { class: 'heard' }, t('navStudies'));
  if (user.role !== 'radiologist' && user.role !== 'technician') {
    return el('div', { class: 'console-page' }, head, el('div', { class: 'card section' }, el('p', { class: 'nothing' }, t('studiesNotYours'))));
  }
  const list = el('div', { class: 'study-place', 'aria-live': 'polite' });
  const input = el('input', { type: 'search', id: 'find', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'find-hint', maxlength: '64' });
  let turn = new AbortController();
  let timer = 0;
  const search = async () => {
    turn.abort();
    turn = new AbortController();
    signal.addEventListener('abort', () => turn.abort(), { signal: turn.signal });
    const mine = turn.signal;
    fill(list, ...ghosts(4));
    try {
      const found = await find(input.value.trim(), mine);
      fill(list, ...rows(found, signal));
    } catch (error) {
      if (!isAbort(error)) fill(list, failed(error, search));
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
  });
  signal.addEventListener('abort', () => clearTimeout(timer));
  search();
  return el(
    'div',
    { class: 'console-page' },
    head,
    el('section', { class: 'card section studies', 'aria-label': t('navStudies') },
      el('form', { class: 'find', role: 'search', on: { submit: (event) => { event.preventDefault(); search(); } } },
        el('label', { for: 'find' }, t('studiesFind')), input, el('p', { class: 'sub', id: 'find-hint' }, t('studiesHint'))),
      list),
  );
}

/** By name first; when no name matches, by patient ID and by accession number. */
async function find(words, signal) {
  const asked = (key, value) => postJson('/api/studies', { query: `limit=${SHOWN}&includefield=${INCLUDED}${key ? `&${key}=${encodeURIComponent(value)}` : ''}` }, signal);
  if (words === '') return asked();
  const keys = [['PatientName', `*${words}*`], ['PatientID', words], ['AccessionNumber', words]];
  for (const [key, value] of keys) {
    const found = await asked(key, value);
    if (found.studies.length > 0) return found;
  }
  return { studies: [], more: false };
}

function rows({ studies: found, more }, signal) {
  if (found.length === 0) return [nothing('studiesNone')];
  return [
    el('ul', { class: 'own-studies' }, ...found.map(({ attributes }) => row(attributes, signal))),
    more && el('p', { class: 'sub' }, t('studiesMore')),
  ];
}

function row(attributes, signal) {
  const uid = text(attributes, TAG.studyUid);
  const about = [text(attributes, TAG.studyDescription) || t('noDescription'), counted('imagesCount', integer(attributes, TAG.instanceCount))].join(' · ');
  return el(
    'li',
    {},
    el('div', { class: 'own-who' }, el('p', {}, ...nameParts(attributes).map((part) => part && [part, ' ']).flat()), el('p', { class: 'sub' }, text(attributes, TAG.patientId))),
    el('div', { class: 'own-what' }, el('p', {}, el('span', { class: 'badges' }, ...modalities(attributes).map((code) => el('span', { class: 'badge' }, code))), ' ', el('span', {}, about)),
      el('p', { class: 'sub' }, `${day(text(attributes, TAG.studyDate))} ${minute(text(attributes, TAG.studyTime))}`)),
    el('button', { type: 'button', 'aria-label': `${t('studiesShare')}: ${shownName(attributes)}, ${day(text(attributes, TAG.studyDate))}`, on: { click: () => shareStudy(uid, attributes, signal) } }, icon('share'), t('studiesShare')),
  );
}
