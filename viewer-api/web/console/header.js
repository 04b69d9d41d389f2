// The header of what could not be taken in, in a dialog.

import { getJson, isAbort } from '../api.js';
import { el, fill, ghosts, icon } from '../dom.js';
import { t } from '../i18n.js';
import { whyOf } from './failures.js';
import { senderName, sentence, table } from './parts.js';

/** Shows it until it is closed, or the signal. */
export function showHeader(one, signal) {
  if (document.querySelector('dialog[open]')) return;
  const turn = new AbortController();
  const close = () => dialog.close();
  const body = el('div', { class: 'share-body' }, ...ghosts(4));
  const title = el('h2', { id: 'header-title', tabindex: '-1' }, t('quarantineHeader'));
  const dialog = el(
    'dialog',
    { class: 'share wide', 'aria-labelledby': 'header-title' },
    el('header', { class: 'share-head' }, title, el('button', { type: 'button', class: 'quiet close', 'aria-label': t('close'), on: { click: close } }, icon('close'))),
    body,
  );
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    turn.abort();
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  signal.addEventListener('abort', close, { signal: turn.signal });
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
  load(one, body, turn.signal);
}

async function load(one, body, signal) {
  try {
    fill(body, ...draw(await getJson(`/api/console/quarantine/${encodeURIComponent(one.id)}`, signal)));
  } catch (error) {
    if (!isAbort(error)) fill(body, el('p', { class: 'problem', role: 'alert' }, sentence(error)));
  }
}

function draw({ about, transfer_syntax: syntax, attributes, warnings, first_bytes: bytes }) {
  const heads = ['tagHead', 'vrHead', 'attributeHead', 'valueHead'].map((key) => t(key));
  return [
    el('p', {}, el('strong', {}, senderName(about.sender)), ' ', whyOf(about.why), ' ', el('span', { class: 'sub' }, about.detail)),
    el('dl', { class: 'facts' },
      ...fact('quarantineSyntax', syntax), ...fact('quarantineOdd', warnings.join(' · ')), ...fact('quarantineFirst', bytes && el('code', {}, bytes))),
    attributes.length === 0 ? el('p', { class: 'sub' }, t('quarantineNothing')) : table('attributes', heads, attributes.map((line) => [
      el('code', {}, line.tag), line.vr, line.keyword, line.value === null ? el('span', { class: 'sub' }, t('hiddenValue')) : line.value,
    ]), t('quarantineHeader')),
  ];
}

function fact(key, value) {
  return value ? [el('div', {}, el('dt', {}, t(key)), el('dd', {}, value))] : [];
}
