// A person's studies across hospitals on one time line. What was brought together says why, record by record.

import { getJson, isAbort, sentenceOf } from './api.js';
import { markedUids, onMarks, openMarkedOr, toggleMark, tray } from './compare.js';
import { TAG, modalities, text } from './dicom.js';
import { el, fill, ghosts, heard, icon, note } from './dom.js';
import { counted, day, sex, t } from './i18n.js';
import { onKeys, showHelp } from './keys.js';
import { records, recordOf, recordTable } from './records.js';
import { nameParts } from './names.js';
import { share } from './share.js';
import { strip, years } from './timeline.js';
import { openViewer } from './viewer.js';

/** The page of the person whose study that is, until the signal. */
export function history(uid, { signal }) {
  const article = el('article', { class: 'history', 'aria-busy': 'true' });
  fill(article, head([], uid), el('div', { class: 'ghosts tall', role: 'status' }, heard(t('loading')), ...ghosts(6)));
  load(article, uid, signal);
  return article;
}

async function load(article, uid, signal) {
  try {
    const answer = await getJson(`/api/history?study=${encodeURIComponent(uid)}`, signal);
    draw(article, uid, answer, signal);
  } catch (error) {
    if (isAbort(error)) return;
    const again = { label: t('retry'), run: () => load(article, uid, signal) };
    fill(article, head([], uid), error.kind === 'gone'
      ? note('empty', t('studyGone'), t('studyGoneDetail'))
      : note('failed', t('studyFailed'), t(sentenceOf(error)), again));
  } finally {
    article.removeAttribute('aria-busy');
  }
}

function draw(article, uid, answer, signal) {
  const sure = answer.studies.filter((study) => study.basis !== 'similar');
  const similar = answer.studies.filter((study) => study.basis === 'similar');
  const hidden = new Set(); // records that the reader took off the time line
  const line = el('div', { class: 'line-place' });
  const apart = el('div', { class: 'line-place' });
  const drawLine = () => {
    const shown = sure.filter((study) => !hidden.has(recordOf(study)));
    fill(line, strip(shown, uid), years(shown, uid));
  };
  const toggle = (record) => {
    if (!hidden.delete(record)) hidden.add(record);
    drawLine();
  };
  const shareAll = () => share(...toShare(sure, uid), signal);
  drawLine();
  fill(apart, years(similar, uid));
  fill(
    article,
    head(sure, uid, shareAll),
    answer.more && el('p', { class: 'stale', role: 'status' }, t('historyMore')),
    el('section', { class: 'card records', 'aria-label': t('records') }, el('h2', {}, t('records')), el('p', { class: 'sub' }, t('recordsWhy')), recordTable(records(sure), toggle)),
    el('section', { class: 'card line', 'aria-label': t('timeLine') }, el('h2', {}, t('timeLine')), line),
    similar.length > 0 && el(
      'section',
      { class: 'card line apart', 'aria-label': t('similarTitle') },
      el('h2', {}, t('similarTitle')), el('p', { class: 'sub' }, t('similarWhy')), recordTable(records(similar)), apart,
    ),
    tray(signal),
  );
  onMarks(() => {
    const marked = new Set(markedUids());
    for (const card of article.querySelectorAll('.event')) card.classList.toggle('marked', marked.has(card.dataset.uid));
  }, signal);
  article.querySelector('h1')?.focus({ preventScroll: true });
  keys(article, uid, answer.studies, shareAll, signal);
}

/** The studies that are surely this person's, the opened one first, and which of them are ticked to begin with: it, and those
    marked. */
function toShare(studies, uid) {
  const rows = studies.map(({ attributes }) => attributes);
  const isOpened = (row) => text(row, TAG.studyUid) === uid;
  const ordered = [...rows.filter(isOpened), ...rows.filter((row) => !isOpened(row))];
  return [ordered, [uid, ...markedUids()]];
}

function head(studies, uid, shareAll) {
  const opened = studies.find((study) => text(study.attributes, TAG.studyUid) === uid)?.attributes;
  const sites = new Set(studies.flatMap((study) => study.sites));
  const facts = opened && [
    sex(text(opened, TAG.sex)),
    text(opened, TAG.birthDate) && `${t('born')} ${day(text(opened, TAG.birthDate))}`,
    counted('studyCount', studies.length),
    counted('hospitalCount', sites.size),
  ].filter(Boolean);
  return el(
    'header',
    { class: 'band' },
    el('a', { class: 'button back', href: '#/' }, icon('back'), el('span', { class: 'wide' }, t('back'))),
    opened && el('div', { class: 'band-who' }, el('h1', { tabindex: '-1' }, ...nameParts(opened)), el('span', { class: 'sub' }, facts.join(' · '))),
    opened && el('button', { type: 'button', class: 'button share-button', on: { click: shareAll } }, icon('share'), el('span', { class: 'wide' }, t('share'))),
    opened && el('a', { class: 'button open-study', href: `#/studies/${encodeURIComponent(uid)}` }, t('openStudy'), heard(` ${modalities(opened).join(' ')}`)),
  );
}

/** j and k walk through the time line; o puts the focused study beside the opened one. */
function keys(article, uid, studies, shareAll, signal) {
  const links = () => [...article.querySelectorAll('.event a.event-open')];
  const step = (by) => () => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
  };
  const here = () => document.activeElement?.closest?.('.event')?.dataset.uid;
  const of = (one) => studies.find(({ attributes }) => text(attributes, TAG.studyUid) === one);
  const open = () => {
    const beside = here() ?? uid;
    const alone = modalities(of(uid)?.attributes);
    return markedUids().length > 0 || beside === uid ? openMarkedOr(uid, alone) : openViewer([uid, beside]);
  };
  onKeys({
    j: step(1), k: step(-1), ArrowDown: step(1), ArrowUp: step(-1),
    o: open,
    c: () => {
      const study = of(here());
      return study ? toggleMark(study.attributes) : false;
    },
    s: shareAll,
    Escape: () => { location.hash = '#/'; },
    '?': () => showHelp('past'),
  }, signal);
}
