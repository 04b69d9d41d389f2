// The field for a PIN.

import { el } from './dom.js';
import { t } from './language.js';

let fields = 0;

/** The field with its label. */
export function pinField() {
  fields += 1;
  const id = `pin-${fields}`;
  const input = el('input', {
    id, name: 'pin', class: 'pin', type: 'text', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '12',
    autocapitalize: 'off', spellcheck: 'false', required: true, placeholder: '••••••',
  });
  return { input, element: el('div', { class: 'field' }, el('label', { for: id }, t('pin')), input) };
}

/** The six digits in a field, however they were typed (a Chinese keyboard may give wide ones); empty when they are not six. */
export function pinOf(input) {
  const digits = input.value.normalize('NFKC').replace(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : '';
}
