// The list of a study's series: a column beside the images on a desk, a row below them on a phone.

import { el } from './dom.js';
import { drawing } from './icons.js';
import { t } from './language.js';
import { inOrder, seriesHolds, seriesName } from './series-name.js';
import { thumbnail } from './thumbnails.js';

/** The list; `choose(series)` is called for one that can be shown. `mark(uids)` says which are shown. */
export function rail(study, choose, signal) {
  const buttons = new Map();
  const items = inOrder(study.series).map((series) => {
    const button = el(
      'button',
      { type: 'button', class: 'series', disabled: series.kind === 'other', on: { click: () => choose(series) } },
      face(study, series, signal),
      el(
        'span',
        { class: 'series-words' },
        el('span', { class: 'series-name' }, seriesName(series)),
        el('span', { class: 'series-holds' }, seriesHolds(series)),
      ),
    );
    buttons.set(series.uid, button);
    return el('li', {}, button);
  });
  const element = el('nav', { class: 'rail', 'aria-label': t('series') }, el('ul', {}, ...items));
  let marked = '';
  const mark = (uids) => {
    if (marked === uids.join()) return;
    marked = uids.join();
    for (const [uid, button] of buttons) {
      const isShown = uids.includes(uid);
      if (isShown) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
    buttons.get(uids[0])?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  return { element, mark };
}

function face(study, series, signal) {
  if (series.kind === 'images') return thumbnail(study.uid, series, signal);
  const name = { key_images: 'star', report: 'document', document: 'document' }[series.kind] ?? 'close';
  return el('span', { class: 'thumb drawn' }, drawing(name));
}
