// One study in a list, and the parts of it that its own page shows too.

import { TAG, integer, modalities, personName, text } from './dicom.js';
import { el, fill, heard } from './dom.js';
import { age, counted, day, minute, sex, t } from './i18n.js';
import { badges, thumbnail } from './picture.js';
import { allDisconnected, onRegion, site, siteName } from './region.js';

/** A row; the whole of it opens the study. */
export function studyRow(row, holders, signal, onLeave) {
  const uid = text(row, TAG.studyUid);
  const held = holders[uid] ?? [];
  const list = modalities(row);
  const id = `study-${uid}`;
  return el(
    'li',
    { class: 'study' },
    thumbnail({ study: uid, list, isAway: () => allDisconnected(held) }),
    el(
      'div',
      { class: 'cell patient' },
      el('a', { id, href: `#/studies/${encodeURIComponent(uid)}`, on: { click: () => onLeave(id) } }, ...nameParts(row)),
      el('span', { class: 'sub' }, patientFacts(row)),
    ),
    el('div', { class: 'cell when' }, el('span', {}, day(text(row, TAG.studyDate))), el('span', { class: 'sub' }, minute(text(row, TAG.studyTime)))),
    el('div', { class: 'cell what' }, heard(`${t('modality')}: `), badges(list)),
    el(
      'div',
      { class: 'cell about' },
      el('span', { class: text(row, TAG.studyDescription) ? '' : 'muted' }, text(row, TAG.studyDescription) || t('noDescription')),
      el('span', { class: 'sub' }, contents(row)),
    ),
    el('div', { class: 'cell held' }, heard(`${t('heldBy')}: `), holderChips(held, signal)),
  );
}

/** A patient's name, its other writing beside it. */
export function nameParts(row) {
  const name = personName(row);
  return [
    el('span', { class: 'name' }, name.main || t('unnamed')),
    name.beside && el('span', { class: 'name-beside' }, name.beside),
  ];
}

/** ID, sex, age. */
export function patientFacts(row) {
  const facts = [text(row, TAG.patientId), sex(text(row, TAG.sex)), age(text(row, TAG.birthDate), text(row, TAG.studyDate))];
  return facts.filter(Boolean).join(' · ');
}

/** How much a study holds. */
export function contents(row) {
  const [series, instances] = [integer(row, TAG.seriesCount, NaN), integer(row, TAG.instanceCount, NaN)];
  return Number.isNaN(series) ? '' : `${counted('seriesCount', series)} · ${counted('imagesCount', instances)}`;
}

/** The hospitals that hold a study, with those marked that are disconnected; follows the region. */
export function holderChips(held, signal) {
  const chips = el('ul', { class: 'chips' });
  const draw = () => fill(chips, ...held.map((id) => {
    const away = site(id)?.connected === false;
    return el(
      'li',
      { class: `chip ${away ? 'away' : ''}` },
      el('span', { class: 'dot', 'aria-hidden': 'true' }),
      el('span', { class: 'chip-name' }, siteName(id)),
      away && heard(` (${t('disconnected')})`),
    );
  }));
  draw();
  onRegion(draw, signal);
  return chips;
}
