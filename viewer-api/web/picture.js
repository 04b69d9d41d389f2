// Thumbnails, and what stands in their place.

import { hasPictures, path } from './dicom.js';
import { el, heard, icon } from './dom.js';
import { t } from './i18n.js';

/** A thumbnail of a study or series, or a tile with its modality when there is no picture. It only decorates the text
 * beside it, so it is silent. */
export function thumbnail({ study, series, list, isAway }) {
  const frame = el('div', { class: 'thumb' });
  const tile = (name) => frame.replaceChildren(tileOf(list, name));
  if (!hasPictures(list)) {
    tile('document');
    return frame;
  }
  const image = el('img', { alt: '', loading: 'lazy', decoding: 'async', draggable: 'false' });
  image.addEventListener('load', () => frame.classList.add('loaded'));
  image.addEventListener('error', () => tile(isAway?.() ? 'offline' : null));
  image.src = `${path(study, series)}/thumbnail`;
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
