// What series and studies are called, in words for patients.

import { counted, modality, number, t } from './language.js';

const OWN_NAMES = { key_images: 'keyImages', report: 'report', document: 'document' };

/** Of a series: its description, or what it is and its number. */
export function seriesName(series) {
  if (series.description && series.kind !== 'key_images') return series.description;
  if (series.kind in OWN_NAMES) return t(OWN_NAMES[series.kind]);
  const kind = modality(series.modality);
  return [kind || t('image'), series.bodyPart, series.number === null ? '' : number(series.number)].filter(Boolean).join(' ');
}

/** What a series holds, in a few words. */
export function seriesHolds(series) {
  if (series.kind === 'key_images') return t('keyImagesHint');
  if (series.kind === 'report' || series.kind === 'document') return series.description ? t(OWN_NAMES[series.kind]) : '';
  if (series.kind === 'other') return t('cannotBeShownObject');
  const images = series.instances === 1 ? series.first.frames : series.instances;
  return counted('imagesCount', images);
}

/** Of a study: its description, or the kinds of examination. */
export function studyName(study) {
  return study.description || studyKinds(study) || t('examination');
}

/** The kinds of examination of a study; documents are none. */
export function studyKinds(study) {
  const kinds = study.modalities.filter((code) => !['SR', 'DOC', 'KO', 'PR', 'SEG', 'OT'].includes(code)).map(modality);
  return [...new Set(kinds)].join(' · ');
}

/** Series in the order in which they are looked at: images the doctors chose, images, reports, documents, the rest. */
export function inOrder(series) {
  const ranks = ['key_images', 'images', 'report', 'document', 'other'];
  const rank = ({ kind }) => (ranks.includes(kind) ? ranks.indexOf(kind) : ranks.length);
  return [...series].sort((a, b) => rank(a) - rank(b) || (a.number ?? 1e9) - (b.number ?? 1e9));
}
