// Thumbnails, and what stands in their place.

import { hasPictures, path } from './dicom.js';
import { el, heard, icon } from './dom.js';
import { t } from './i18n.js';

const none = new Set(); // addresses at which there is no picture, and will be none while the study is as it is

// Only here a picture's status is told. A browser that tells none asks again, as it would without.
new PerformanceObserver((list) => {
  for (const { name, responseStatus } of list.getEntries()) if (responseStatus === 406) none.add(new URL(name).pathname);
}).observe({ type: 'resource', buffered: true });

/** Forgets that studies had no picture: they have changed. */
export function mayHavePictures(uids) {
  for (const uid of uids) none.delete(addressOf(uid));
}

function addressOf(study, series) {
  return `${path(study, series)}/thumbnail`;
}

/** A thumbnail of a study or series, or a tile with its modality when there is no picture. It only decorates the text
 * beside it, so it is silent. */
export function thumbnail({ study, series, list, isAway }) {
  const frame = el('div', { class: 'thumb' });
  const tile = (name) => frame.replaceChildren(tileOf(list, name));
  if (!hasPictures(list)) {
    tile('document');
    return frame;
  }
  const address = addressOf(study, series);
  if (none.has(address)) {
    tile(isAway?.() ? 'offline' : null);
    return frame;
  }
  const image = el('img', { alt: '', loading: 'lazy', decoding: 'async', draggable: 'false' });
  image.addEventListener('load', () => frame.classList.add('loaded'));
  image.addEventListener('error', () => tile(isAway?.() ? 'offline' : null));
  image.src = address;
  frame.append(image);
  return frame;
}

function tileOf(list, name) {
  return el(
    'span',
    { class: 'tile' },
    name && icon(name),
    el('span', { class: 'tile-code', 'aria-hidden': 'true' }, list[0] ?? '?'),
    name === 'document' ? heard(t('notAnImage')) : el('span', { class: 'tile-why' }, t('noPreview')),
  );
}

/** Modalities as small badges. */
export function badges(list) {
  return el('span', { class: 'badges' }, ...list.map((modality) => el('span', { class: 'badge' }, modality)));
}
