// The keyboard: single letters where nobody is typing, and the page that lists them.

import { el } from './dom.js';
import { t } from './i18n.js';

const LISTED = [
  ['/', 'keySearch'], ['j k ↓ ↑', 'keyMove'], ['PgDn PgUp Home End', 'keyFar'], ['Enter', 'keyOpen'], ['o', 'keyViewer'],
  ['c', 'keyMark'], ['h', 'keyHistory'], ['s', 'keyShare'], ['n', 'keyNew'], ['Esc', 'keyBack'], ['?', 'keyHelp'],
];

/** Whether a key goes into something that takes text. */
function isTyping(target) {
  return Boolean(target.closest?.('input:not([type=checkbox], [type=range]), select, textarea'));
}

/** Calls the action of a key until the signal. `typing` are those of keys that count inside of fields too. */
export function onKeys(actions, signal, typing = {}) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]')) return;
    const action = (isTyping(event.target) ? typing : actions)[event.key];
    if (!action || action(event) === false) return;
    event.preventDefault();
  }, { signal });
}

/** Shows what the keys do. */
export function showHelp() {
  if (document.querySelector('dialog[open]')) return;
  const close = () => dialog.close();
  const dialog = el(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    el('h2', { id: 'help-title' }, t('keys')),
    el('dl', {}, ...LISTED.map(([keys, key]) => el(
      'div',
      {},
      el('dt', {}, ...keys.split(' ').map((name) => el('kbd', {}, name))),
      el('dd', {}, t(key)),
    ))),
    el('button', { type: 'button', on: { click: close } }, t('close')),
  );
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    before?.focus({ preventScroll: true });
  });
  dialog.addEventListener('click', (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
}
