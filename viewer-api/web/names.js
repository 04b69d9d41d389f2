// Names of patients as this reader reads them: Chinese first for Chinese readers, letters first for others.

import { personName } from './dicom.js';
import { el } from './dom.js';
import { language, t } from './i18n.js';

function written(attributes) {
  const name = personName(attributes);
  return language() === 'en' && name.beside ? [name.beside, name.main] : [name.main, name.beside];
}

/** The one writing that is shown where there is room for one. */
export function shownName(attributes) {
  return written(attributes)[0] || t('unnamed');
}

/** A name, its other writing beside it. */
export function nameParts(attributes) {
  const beside = written(attributes)[1];
  return [el('span', { class: 'name' }, shownName(attributes)), beside && el('span', { class: 'name-beside' }, beside)];
}
