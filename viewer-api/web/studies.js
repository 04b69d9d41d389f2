// The latest studies, searched and paged.

import { getJson, isAbort, sentenceOf } from './api.js';
import { TAG, text } from './dicom.js';
import { el, fill, ghosts, heard, note } from './dom.js';
import { number, t } from './i18n.js';
import { holdersOf } from './holders.js';
import { isAsked, nothingAsked, parameters, searchForm } from './search.js';
import { studyRow } from './study-row.js';

const PAGE = 25;
const INCLUDED = [TAG.studyDescription, TAG.modalities];

// Kept while a study is open, so that going back finds the list as it was.
let state = fresh();

function fresh() {
  return { asked: nothingAsked(), offset: 0, rows: null, more: false, holders: {}, left: null };
}

/** Forgets everything that was found. */
export function forgetStudies() {
  state = fresh();
}

/** The panel, until the signal; a note in its place for whoever may not see studies. */
export function studies({ user, signal }) {
  const section = el('section', { class: 'studies' });
  if (user.role !== 'radiologist') {
    return fill(section, note('empty', t('notYours'), t('notYoursDetail')));
  }
  const list = el('div', { class: 'card results' });
  const title = el('h1', {});
  const form = el('div', {});
  const show = { list, title, form, signal, turn: null };
  fill(section, el('div', { class: 'studies-head' }, title, el('p', { class: 'quiet-note' }, t('notForDiagnosis'))), form, list);
  drawForm(show);
  if (state.rows) draw(show);
  else load(show);
  return section;
}

function drawForm(show) {
  fill(show.form, searchForm(state.asked, (asked) => {
    state = { ...fresh(), asked };
    if (!isAsked(asked)) drawForm(show);
    load(show);
  }));
}

async function load(show) {
  show.turn?.abort(); // Only the last question counts.
  const turn = new AbortController();
  show.turn = turn;
  const signal = AbortSignal.any([show.signal, turn.signal]);
  head(show);
  show.list.setAttribute('aria-busy', 'true');
  fill(show.list, el('div', { class: 'ghosts tall', role: 'status' }, heard(t('loading')), ...ghosts(8)));
  try {
    const query = parameters(state.asked);
    query.set('includefield', INCLUDED.join(','));
    query.set('limit', PAGE + 1); // One more tells whether there is a next page.
    query.set('offset', state.offset);
    const rows = await getJson(`/dicomweb/studies?${query}`, signal);
    state.rows = rows.slice(0, PAGE);
    state.more = rows.length > PAGE;
    draw(show);
    await findHolders(signal);
    draw(show);
  } catch (error) {
    if (isAbort(error)) return;
    fill(show.list, note('failed', t('searchFailed'), t(sentenceOf(error)), { label: t('retry'), run: () => load(show) }));
  } finally {
    if (show.turn === turn) show.list.removeAttribute('aria-busy');
  }
}

/** Which hospitals hold what is shown; without an answer the list still stands. */
async function findHolders(signal) {
  state.holders = await holdersOf(state.rows.map((row) => text(row, TAG.studyUid)), signal);
}

function head(show) {
  show.title.textContent = t(isAsked(state.asked) ? 'found' : 'latest');
}

function draw(show) {
  head(show);
  if (state.rows.length === 0 && state.offset === 0) {
    fill(show.list, isAsked(state.asked)
      ? note('empty', t('nothingFound'), t('nothingFoundDetail'))
      : note('empty', t('noStudies'), t('noStudiesDetail'), { label: t('retry'), run: () => load(show) }));
    return;
  }
  const focused = document.activeElement?.id;
  const heads = ['', 'patient', 'date', 'modality', 'study', 'heldBy'];
  fill(
    show.list,
    el('div', { class: 'study heads', 'aria-hidden': 'true' }, ...heads.map((key) => el('span', {}, key && t(key)))),
    el('ul', { class: 'study-list' }, ...state.rows.map((row) => studyRow(row, state.holders, show.signal, leave))),
    pages(show),
  );
  const back = state.left ?? focused;
  state.left = null;
  if (back) requestAnimationFrame(() => document.getElementById(back)?.focus());
}

function leave(id) {
  state.left = id;
}

function pages(show) {
  const to = (offset) => () => {
    state.offset = Math.max(0, offset);
    state.left = null;
    load(show);
    show.list.scrollIntoView({ block: 'nearest' });
  };
  const last = state.offset + state.rows.length;
  return el(
    'nav',
    { class: 'pages', 'aria-label': t('pages') },
    el('button', { type: 'button', disabled: state.offset === 0, on: { click: to(state.offset - PAGE) } }, t('previous')),
    el('span', { role: 'status' }, t('shown', { from: number(state.offset + 1), to: number(last) })),
    el('button', { type: 'button', disabled: !state.more, on: { click: to(state.offset + PAGE) } }, t('next')),
  );
}
