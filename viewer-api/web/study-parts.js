// Parts of a study's own page: whose it is, how much it holds, and where.

import { TAG, integer, text } from './dicom.js';
import { el, fill, heard } from './dom.js';
import { age, counted, sex, t } from './i18n.js';
import { onRegion, site, siteName } from './region.js';

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
