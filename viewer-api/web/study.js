// One study: whose it is, its series, and the pictures of one of them.

import { Failure, getJson, isAbort, sentenceOf } from './api.js';
import { openMarkedOr } from './compare.js';
import { TAG, hasPictures, integer, modalities, path, text } from './dicom.js';
import { el, fill, heard, icon, note } from './dom.js';
import { holdersOf } from './holders.js';
import { counted, day, minute, t } from './i18n.js';
import { onKeys, showHelp } from './keys.js';
import { badges, thumbnail } from './picture.js';
import { allDisconnected, onRegion } from './region.js';
import { nameParts } from './names.js';
import { shareStudy } from './share.js';
import { stage } from './stage.js';
import { forgetPictures, stepsOf } from './steps.js';
import { contents, holderChips, patientFacts } from './study-parts.js';
import { hasViewer, viewerAddress } from './viewer.js';

/** The most instances of a series that are stepped through; the hub gives no longer page. */
const MAX_INSTANCES = 1000;

let chosen = { study: '', series: '', modalities: [] }; // kept over a change of language

/** Forgets what was looked at. */
export function forgetStudy() {
  chosen = { study: '', series: '', modalities: [] };
  forgetPictures();
}

/** The page of a study, until the signal. */
export function study(uid, { signal }) {
  const article = el('article', { class: 'reader', 'aria-busy': 'true' });
  fill(article, band(null, uid), el('div', { class: 'stage' }, el('div', { class: 'screen waiting', role: 'status' }, heard(t('loading')))));
  if (chosen.study !== uid) chosen = { study: uid, series: '', modalities: [] };
  load(article, uid, signal);
  onKeys({
    Escape: () => { location.hash = '#/'; }, h: () => { location.hash = `#/history/${encodeURIComponent(uid)}`; },
    o: () => openMarkedOr(uid, chosen.modalities), s: () => shareStudy(uid, null, signal), '?': () => showHelp('reading'),
  }, signal);
  return article;
}

async function load(article, uid, signal) {
  const included = [TAG.studyDescription, TAG.modalities].join(',');
  try {
    const [rows, series, holders] = await Promise.all([
      getJson(`/dicomweb/studies?StudyInstanceUID=${encodeURIComponent(uid)}&includefield=${included}`, signal),
      getJson(`${path(uid)}/series?limit=${MAX_INSTANCES}`, signal),
      holdersOf([uid], signal),
    ]);
    if (rows.length === 0) fill(article, band(null, uid), note('empty', t('studyGone'), t('studyGoneDetail')));
    else draw(article, { uid, row: rows[0], series, held: holders[uid] ?? [], signal });
  } catch (error) {
    if (isAbort(error)) return;
    const again = { label: t('retry'), run: () => load(article, uid, signal) };
    fill(article, band(null, uid), note('failed', t('studyFailed'), t(sentenceOf(error)), again));
  } finally {
    article.removeAttribute('aria-busy');
  }
}

function draw(article, it) {
  chosen.modalities = modalities(it.row);
  const place = el('div', { class: 'stage-place' });
  const ordered = [...it.series].sort((a, b) => integer(a, TAG.seriesNumber, 1e9) - integer(b, TAG.seriesNumber, 1e9));
  const first = ordered.find((row) => text(row, TAG.seriesUid) === chosen.series)
    ?? ordered.find((row) => hasPictures(modalities(row))) ?? ordered[0];
  const buttons = ordered.map((row) => seriesButton(row, it, () => choose(row)));
  let turn = new AbortController();
  const choose = (row) => {
    chosen.series = text(row, TAG.seriesUid);
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(ordered[i] === row)));
    turn.abort();
    turn = new AbortController();
    open(place, row, it, AbortSignal.any([it.signal, turn.signal]));
  };
  const away = el('p', { class: 'stale', role: 'status' });
  const drawAway = () => { away.textContent = allDisconnected(it.held) ? t('holdersOffline') : ''; };
  drawAway();
  onRegion(drawAway, it.signal);
  const strip = el('ul', { class: 'series-list', 'aria-label': t('series') }, ...buttons.map((button) => el('li', {}, button)));
  fill(article, band(it, it.uid), away, el('div', { class: 'reader-body' }, strip, place));
  article.querySelector('h1').focus({ preventScroll: true });
  if (first) choose(first);
}

function band(it, uid) {
  const row = it?.row;
  const when = row && [day(text(row, TAG.studyDate)), minute(text(row, TAG.studyTime))].filter(Boolean).join(' ');
  const facts = row && [when, text(row, TAG.studyDescription), text(row, TAG.accession), contents(row)].filter(Boolean).join(' · ');
  return el(
    'header',
    { class: 'band' },
    el('a', { class: 'button back', href: '#/' }, icon('back'), el('span', { class: 'wide' }, t('back'))),
    row && el('div', { class: 'band-who' }, el('h1', { tabindex: '-1' }, ...nameParts(row)), el('span', { class: 'sub' }, patientFacts(row))),
    row && el('div', { class: 'band-what' }, el('span', {}, badges(modalities(row)), ` ${facts}`), holderChips(it.held, it.signal)),
    ...further(uid, row, it?.signal),
  );
}

/** What else there is to do with the study. */
function further(uid, row, signal) {
  return [
    el('a', { class: 'button past', href: `#/history/${encodeURIComponent(uid)}` }, icon('history'), el('span', { class: 'wide' }, t('history'))),
    row && el('button', { type: 'button', class: 'button share-button', on: { click: () => shareStudy(uid, row, signal) } }, icon('share'), el('span', { class: 'wide' }, t('share'))),
    hasViewer() && el(
      'a',
      { class: 'button primary viewer', href: viewerAddress([uid], row ? modalities(row) : []), target: '_blank', rel: 'noopener noreferrer' },
      icon('open'), el('span', { class: 'wide' }, t('fullViewer')), heard(` (${t('opensNew')})`),
    ),
  ];
}

function seriesButton(row, it, click) {
  const list = modalities(row);
  const uid = text(row, TAG.seriesUid);
  return el(
    'button',
    { type: 'button', class: 'series', 'aria-pressed': 'false', on: { click } },
    thumbnail({ study: it.uid, series: uid, list, isAway: () => allDisconnected(it.held) }),
    el(
      'span',
      { class: 'series-text' },
      el('span', { class: 'series-title' }, titleOf(row)),
      el('span', { class: 'sub' }, [list[0], counted('imagesCount', integer(row, TAG.instancesInSeries, NaN))].filter(Boolean).join(' · ')),
    ),
  );
}

function titleOf(row) {
  const seriesNumber = text(row, TAG.seriesNumber);
  return [seriesNumber && `${seriesNumber}.`, text(row, TAG.seriesDescription) || t('series')].filter(Boolean).join(' ');
}

async function open(place, row, it, signal) {
  const modality = modalities(row)[0] ?? '';
  const seriesUid = text(row, TAG.seriesUid);
  if (!hasPictures(modalities(row))) {
    const dark = el('div', { class: 'screen' }, note('empty', t('notAnImage'), t('notAnImageDetail', { modality })));
    fill(place, el('div', { class: 'stage' }, dark));
    return;
  }
  fill(place, el('div', { class: 'stage' }, el('div', { class: 'screen waiting', role: 'status' }, heard(t('loading')))));
  try {
    const instances = await getJson(`${path(it.uid, seriesUid)}/instances?limit=${MAX_INSTANCES}`, signal);
    const steps = stepsOf(it.uid, seriesUid, modality, instances);
    if (steps.length === 0) throw new Failure('gone');
    fill(place, stage({ steps, modality, label: titleOf(row), isAway: () => allDisconnected(it.held), signal }));
  } catch (error) {
    if (isAbort(error)) return;
    const again = { label: t('retry'), run: () => open(place, row, it, signal) };
    fill(place, el('div', { class: 'stage' }, el('div', { class: 'screen' }, note('failed', t('pictureFailed'), t(sentenceOf(error)), again))));
  }
}
