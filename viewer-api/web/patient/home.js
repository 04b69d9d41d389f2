// What a link opens: whose images they are, and the studies, the latest first.

import { isNetworkAway, news } from './ask.js';
import { downloadPart } from './download.js';
import { el, fill } from './dom.js';
import { drawing } from './icons.js';
import { counted, day, dayOf, minute, personName, sex, t } from './language.js';
import { languageChoice } from './language-choice.js';
import { inOrder, studyKinds, studyName } from './series-name.js';
import { thumbnail } from './thumbnails.js';

const FACES = 4; // Thumbnails of a study.

/** The page. `go`: `study(uid)`, `leave()`, `again()`. */
export function homeView({ link, notice, go, signal }) {
  const hospitals = new Set(link.studies.map(({ hospital }) => hospital).filter(Boolean));
  return el(
    'div',
    { class: 'calm' },
    pageHead(go.again),
    network(signal),
    el(
      'main',
      { class: 'column' },
      link.studies.length > 0 && person(link),
      el('h2', {}, t('studies')),
      el('ul', { class: 'studies' }, ...link.studies.map((study) => card(link, study, hospitals, go, signal))),
      link.missing > 0 && el('p', { class: 'away', role: 'note' }, t(link.studies.length > 0 ? 'someGone' : 'allGone')),
      link.studies.length === 0 && !link.missing && el('p', { class: 'hint' }, t('nothingHere')),
      el('button', { type: 'button', class: 'button leave', on: { click: go.leave } }, t('leave')),
    ),
    pageFoot(notice),
  );
}

/** The head of the light pages. */
export function pageHead(again) {
  const title = el('span', { class: 'head-title' }, t('title'));
  return el('header', { class: 'head' }, el('span', { class: 'mark' }, drawing('lock')), title, languageChoice(again));
}

/** Their foot: what the images are for. */
export function pageFoot(notice) {
  return el('footer', { class: 'foot' }, el('p', { class: 'quiet-notice' }, notice));
}

function person({ patient, expires_ms }) {
  const facts = [patient.birthDate && t('born', { date: day(patient.birthDate) }), sex(patient.sex)].filter(Boolean).join(' · ');
  return el(
    'section',
    { class: 'person', 'aria-label': t('patient') },
    el('h1', { tabindex: '-1' }, personName(patient) || t('unnamed')),
    facts && el('p', {}, facts),
    dayOf(expires_ms) && el('p', { class: 'hint' }, t('validUntil', { date: dayOf(expires_ms) })),
  );
}

function card(link, study, hospitals, go, signal) {
  const when = [day(study.date), minute(study.time)].filter(Boolean).join(', ');
  const images = study.series.filter(({ kind }) => kind === 'images');
  const papers = study.series.filter(({ kind }) => kind === 'report' || kind === 'document').length;
  const holds = [
    images.length > 0 && counted('imagesCount', images.reduce((sum, series) => sum + Math.max(series.instances, 1), 0)),
    papers > 0 && counted('reportsCount', papers),
  ].filter(Boolean).join(' · ');
  const kinds = study.description ? studyKinds(study) : '';
  return el(
    'li',
    { class: 'card' },
    el(
      'div',
      { class: 'card-words' },
      el('h3', {}, studyName(study)),
      el('p', { class: 'when' }, when),
      hospitals.size > 0 && study.hospital && el('p', { class: 'where' }, study.hospital),
      el('p', { class: 'hint' }, [kinds, holds].filter(Boolean).join(' · ')),
      !study.available && el('p', { class: 'away' }, t('hospitalAway')),
    ),
    el('div', { class: 'faces', 'aria-hidden': 'true' }, ...inOrder(images).slice(0, FACES).map((series) => thumbnail(study.uid, series, signal))),
    el(
      'button',
      { type: 'button', class: 'button primary', 'aria-label': `${t('view')}: ${studyName(study)}, ${when}`, on: { click: () => go.study(study.uid) } },
      t('view'),
    ),
    link.download && downloadPart(study, signal),
  );
}

function network(signal) {
  const line = el('p', { class: 'network', role: 'status' });
  const draw = () => fill(line, isNetworkAway() ? t('waitingNetwork') : '');
  draw();
  for (const name of ['away', 'back']) news.addEventListener(name, draw, { signal });
  return line;
}
