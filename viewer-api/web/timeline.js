// Studies on a line of time: a strip over all of it, and below it the years with a lane for each modality.

import { isMarked, toggleMark } from './compare.js';
import { TAG, integer, modalities, text } from './dicom.js';
import { el, icon } from './dom.js';
import { counted, day, minute, t } from './i18n.js';
import { badges, thumbnail } from './picture.js';
import { siteName } from './region.js';
import { availabilityMark } from './row.js';

const SVG = 'http://www.w3.org/2000/svg';
const LANE = 18;
const MARGIN = 46;

function laneOf({ attributes }) {
  return modalities(attributes).find((code) => code !== 'SR' && code !== 'PR' && code !== 'KO') ?? modalities(attributes)[0] ?? '?';
}

function timeOf({ attributes }) {
  const parts = /^(\d{4})(\d\d)(\d\d)/.exec(text(attributes, TAG.studyDate));
  return parts ? Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : NaN;
}

/** The whole time at a glance. It repeats what stands below, so those who hear the page are spared it. */
export function strip(studies, opened) {
  const dated = studies.filter((study) => !Number.isNaN(timeOf(study)));
  if (dated.length < 2) return null;
  const lanes = [...new Set(dated.map(laneOf))].sort();
  const width = Math.max(280, Math.min(1370, document.documentElement.clientWidth - 72)); // One unit is about a pixel.
  const times = dated.map(timeOf);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const x = (time) => MARGIN + ((time - first) / Math.max(1, last - first)) * (width - MARGIN - 16);
  const height = lanes.length * LANE + 20;
  const svg = draw('svg', { viewBox: `0 0 ${width} ${height}`, class: 'strip', 'aria-hidden': 'true', preserveAspectRatio: 'xMidYMid meet' });
  lanes.forEach((code, i) => {
    const y = i * LANE + LANE / 2 + 2;
    svg.append(draw('line', { x1: MARGIN - 8, x2: width - 4, y1: y, y2: y, class: 'lane-line' }), draw('text', { x: 0, y: y + 4, class: 'lane-code' }, code));
  });
  for (const study of dated) {
    const uid = text(study.attributes, TAG.studyUid);
    const y = lanes.indexOf(laneOf(study)) * LANE + LANE / 2 + 2;
    svg.append(draw('circle', { cx: x(timeOf(study)), cy: y, r: uid === opened ? 6 : 4.5, class: `point ${uid === opened ? 'opened' : ''} ${study.availability}` }));
  }
  svg.append(draw('text', { x: MARGIN, y: height - 3, class: 'end-text' }, day(dateOf(first))));
  svg.append(draw('text', { x: width - 4, y: height - 3, class: 'end-text last' }, day(dateOf(last))));
  return svg;
}

function dateOf(time) {
  return new Date(time).toISOString().slice(0, 10).replaceAll('-', '');
}

function draw(name, attributes, words) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (words) element.textContent = words;
  return element;
}

/** Years, the latest first, each with a lane for each modality. */
export function years(studies, opened) {
  const byYear = new Map();
  for (const study of studies) {
    const year = text(study.attributes, TAG.studyDate).slice(0, 4) || t('noDate');
    byYear.set(year, [...(byYear.get(year) ?? []), study]);
  }
  return el('ol', { class: 'years' }, ...[...byYear].map(([year, list]) => el(
    'li',
    { class: 'year' },
    el('h3', {}, year, el('span', { class: 'sub' }, ` ${counted('studyCount', list.length)}`)),
    el('div', { class: 'lanes' }, ...lanesOf(list).map(([code, lane]) => el(
      'section',
      { class: 'lane', 'aria-label': `${year} ${code}` },
      el('span', { class: 'lane-name', 'aria-hidden': 'true' }, badges([code])),
      el('ul', { class: 'events' }, ...lane.map((study) => event(study, opened))),
    ))),
  )));
}

function lanesOf(list) {
  const lanes = new Map();
  for (const study of list) lanes.set(laneOf(study), [...(lanes.get(laneOf(study)) ?? []), study]);
  return [...lanes].sort(([a], [b]) => (a < b ? -1 : 1));
}

function event({ attributes, sites, availability, basis }, opened) {
  const uid = text(attributes, TAG.studyUid);
  const list = modalities(attributes);
  const card = el('li', { class: `event ${uid === opened ? 'opened' : ''} ${isMarked(uid) ? 'marked' : ''} ${availability} ${basis}` });
  card.dataset.uid = uid;
  const when = [day(text(attributes, TAG.studyDate)), minute(text(attributes, TAG.studyTime))].filter(Boolean).join(' ');
  card.append(
    thumbnail({ study: uid, list, isAway: () => availability === 'offline' }),
    el(
      'div',
      { class: 'event-text' },
      el('a', { class: 'event-open', href: `#/studies/${encodeURIComponent(uid)}`, 'aria-current': uid === opened && 'true' }, text(attributes, TAG.studyDescription) || t('noDescription')),
      el('span', { class: 'sub' }, when),
      el('span', { class: 'sub clip', title: sites.map(siteName).join(' · ') }, sites.map(siteName).join(' · ')),
      el('span', { class: 'event-foot' }, availabilityMark(availability), el('span', { class: 'sub' }, counted('imagesCount', integer(attributes, TAG.instanceCount, 0)))),
    ),
    el('button', { type: 'button', class: 'act mark', title: t('mark'), 'aria-label': `${t('mark')}: ${when}`, on: { click: () => toggleMark(attributes) } }, icon('beside')),
  );
  return card;
}
