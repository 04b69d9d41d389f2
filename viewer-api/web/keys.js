// The keyboard: single letters where nobody is typing, and the page that lists them.

import { el } from './dom.js';
import { t } from './i18n.js';

const VIEWER = ['o', 'keyViewer'];
const HELP = ['?', 'keyHelp'];
const TO_LIST = ['Esc', 'keyToList'];
/** What works, by the class of the page. */
const LISTED = {
  list: [
    ['/', 'keySearch'], ['j k ↓ ↑', 'keyMove'], ['PgDn PgUp Home End', 'keyFar'], ['Enter', 'keyOpen'], VIEWER,
    ['c', 'keyMark'], ['h', 'keyHistory'], ['s', 'keyShare'], ['n', 'keyNew'], ['Esc', 'keyBack'], HELP,
  ],
  reading: [
    ['→ ← ↓ ↑', 'keyStep'], ['PgDn PgUp Home End', 'keyStepFar'], VIEWER, ['h', 'keyHistory'], ['s', 'keyShare'], TO_LIST, HELP,
  ],
  past: [['j k ↓ ↑', 'keyMove'], ['Enter', 'keyOpen'], VIEWER, ['c', 'keyMark'], ['s', 'keyShare'], TO_LIST, HELP],
  region: [TO_LIST, HELP],
  alone: [HELP], // whoever may see no studies has no list to go to
};

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

/** Shows what the keys do on a page. */
export function showHelp(page) {
  if (document.querySelector('dialog[open]')) return;
  const close = () => dialog.close();
  const dialog = el(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    el('h2', { id: 'help-title' }, t('keys')),
    el('dl', {}, ...LISTED[page].map(([keys, key]) => el(
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
