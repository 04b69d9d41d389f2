// One study as a row of the worklist.

import { isMarked, toggleMark } from './compare.js';
import { TAG, integer, modalities, text } from './dicom.js';
import { el, fill, heard, icon } from './dom.js';
import { age, counted, day, minute, number, sex, t } from './i18n.js';
import { nameParts, shownName } from './names.js';
import { badges, thumbnail } from './picture.js';
import { siteName } from './region.js';
import { hasViewer, viewerAddress } from './viewer.js';

/** Headings, as wide as the cells below them. `sort` is the button over the dates. */
export function headRow(sort) {
  const heads = ['', 'patient', 'patientId', 'sexAge', null, 'modality', 'study', 'heldBy', 'images', 'availability', ''];
  return el('div', { class: 'row heads', role: 'row', 'aria-rowindex': '1' }, ...heads.map((key) => (
    el('span', { class: 'cell', role: 'columnheader' }, key === null ? sort : key && t(key))
  )));
}

/** Says on that button which date is first. */
export function drawSort(sort, ascending) {
  fill(sort, t('date'), el('span', { 'aria-hidden': 'true' }, ascending ? ' ▲' : ' ▼'));
  sort.setAttribute('aria-label', `${t('date')}: ${t(ascending ? 'oldestFirst' : 'latestFirst')}`);
}

/** A row that is not here yet. */
export function ghostRow() {
  return el('div', { class: 'row waiting', 'aria-busy': 'true' }, ...Array.from({ length: 8 }, () => el('span', { class: 'cell' }, el('i', { class: 'ghost' }))));
}

/** A row. */
export function studyRow({ attributes, sites, availability: word, gone }) {
  const uid = text(attributes, TAG.studyUid);
  const list = modalities(attributes);
  const availability = gone ? 'gone' : word;
  const row = el('div', { class: `row study ${availability} ${isMarked(uid) ? 'marked' : ''}` });
  row.dataset.uid = uid;
  fill(
    row,
    cell('shot', thumbnail({ study: uid, list, isAway: () => availability === 'offline' })),
    cell('whom', el('a', { href: `#/studies/${encodeURIComponent(uid)}`, tabindex: '-1' }, ...nameParts(attributes))),
    cell('id', text(attributes, TAG.patientId)),
    cell('sex', sexAge(attributes)),
    cell('when', el('span', { class: 'day' }, day(text(attributes, TAG.studyDate))), ' ', el('span', { class: 'sub' }, minute(text(attributes, TAG.studyTime)))),
    cell('what', badges(list.slice(0, 3))),
    cell('about', ...about(attributes)),
    cell('held', hospitals(sites)),
    cell('much', amount(attributes)),
    cell('how', availabilityMark(availability)),
    cell('do', ...actions(attributes, uid)),
  );
  return row;
}

function cell(name, ...children) {
  return el('span', { class: `cell ${name}`, role: 'gridcell' }, ...children);
}

/** Sex and age on the day of the study. */
export function sexAge(attributes) {
  const years = age(text(attributes, TAG.birthDate), text(attributes, TAG.studyDate));
  return [sex(text(attributes, TAG.sex)), years].filter(Boolean).join(' · ');
}

function about(attributes) {
  const [description, accession] = [text(attributes, TAG.studyDescription), text(attributes, TAG.accession)];
  return [
    el('span', { class: description ? 'clip' : 'clip muted', title: description }, description || t('noDescription')),
    accession && el('span', { class: 'sub clip' }, heard(`${t('accession')} `), accession),
  ];
}

function hospitals(sites) {
  const more = sites.length > 1 ? ` +${number(sites.length - 1)}` : '';
  return el('span', { class: 'clip', title: sites.map(siteName).join(' · ') }, siteName(sites[0] ?? ''), more);
}

function amount(attributes) {
  const [series, instances] = [integer(attributes, TAG.seriesCount, NaN), integer(attributes, TAG.instanceCount, NaN)];
  if (Number.isNaN(instances)) return '';
  return el('span', { title: `${counted('seriesCount', series)} · ${counted('imagesCount', instances)}` }, number(instances));
}

/** Whether it could be opened now, as a mark with its word. */
export function availabilityMark(word) {
  const known = ['online', 'nearline', 'cached', 'partly', 'offline', 'gone'].includes(word) ? word : 'offline';
  return el('span', { class: `how-mark ${known}`, title: t(`${known}Means`) }, el('span', { class: 'dot', 'aria-hidden': 'true' }), t(known));
}

/** History, mark, sharing and full viewer; the keyboard has a key for each, so they take no turn of the tabulator. */
export function actions(attributes, uid) {
  const name = shownName(attributes);
  const mark = (event) => {
    event.stopPropagation();
    toggleMark(attributes);
  };
  return [
    el('a', { class: 'act', tabindex: '-1', href: `#/history/${encodeURIComponent(uid)}`, title: t('history'), 'aria-label': `${t('history')}: ${name}` }, icon('history')),
    el('button', { type: 'button', class: 'act mark', tabindex: '-1', title: t('mark'), 'aria-label': `${t('mark')}: ${name}`, 'aria-pressed': String(isMarked(uid)), on: { click: mark } }, icon('beside')),
    el('button', { type: 'button', class: 'act give', tabindex: '-1', title: t('shareWith'), 'aria-label': `${t('shareWith')}: ${name}` }, icon('share')),
    hasViewer() && el('a', { class: 'act', tabindex: '-1', href: viewerAddress([uid], modalities(attributes)), target: '_blank', rel: 'noopener noreferrer', title: t('openViewer'), 'aria-label': `${t('openViewer')}: ${name} (${t('opensNew')})` }, icon('open')),
  ];
}
