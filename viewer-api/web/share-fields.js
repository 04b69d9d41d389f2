// Fields of the dialogs of sharing.

import { el } from './dom.js';
import { t } from './i18n.js';

let groups = 0; // so that two groups of choices are two

/** A field with its label. */
export function field(key, input) {
  return el('label', { class: 'field' }, el('span', {}, t(key)), input);
}

/** A field for a whole number. */
export function number({ min, max, value, placeholder, required }) {
  return el('input', { type: 'number', inputmode: 'numeric', step: '1', min, max, value, placeholder, required, autocomplete: 'off' });
}

/** One of a few, the first to begin with; `options` are pairs of a value and the key of its word. */
export function choice(key, options) {
  groups += 1;
  const name = `choice-${groups}`;
  const boxes = options.map(([value], i) => el('input', { type: 'radio', name, value, checked: i === 0 }));
  const element = el(
    'fieldset',
    { class: 'choice' },
    el('legend', {}, t(key)),
    ...options.map(([, word], i) => el('label', {}, boxes[i], el('span', {}, t(word)))),
  );
  return { element, value: () => boxes.find((box) => box.checked).value };
}
