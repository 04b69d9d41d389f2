// Parts that the console's pages share.

import { el, fill, lines, note } from '../dom.js';
import { ago, language, number, t } from '../i18n.js';
import { act, known } from './report.js';

const UNITS = ['', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** Bytes for people. */
export function size(bytes) {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return `${number(value)} B`;
  const digits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(language() === 'zh' ? 'zh-CN' : 'en-GB', {
    style: 'unit', unit: UNITS[unit], unitDisplay: 'short', maximumFractionDigits: digits,
  }).format(value);
}

/** Who sent something: what came by no network has a word of the page's. */
export function senderName(sender) {
  return t({ 'command line': 'fromCommand', 'watched folder': 'fromFolder' }[sender] ?? '') || sender;
}

/** A card with a heading, whose content is filled again when what it shows has changed. */
export function section(kind, key, draw, heading = 'h2') {
  const content = el('div', { class: 'section-content' });
  const id = `section-${kind}`;
  const element = el('section', { class: `card section ${kind}`, 'aria-labelledby': id }, el(heading, { id }, t(key)), content);
  let known = '';
  return {
    element,
    show(data) {
      const now = JSON.stringify(data);
      if (now === known) return;
      known = now;
      refill(content, draw(data));
    },
  };
}

/** Fills, and gives what had the focus the focus again. */
export function refill(element, children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const open = [...element.querySelectorAll('details[open]')].map((details) => details.dataset.key);
  fill(element, ...[children].flat());
  for (const details of element.querySelectorAll('details')) details.open = open.includes(details.dataset.key);
  if (focused) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** A table; cells are texts or elements, the first of each row its heading. */
export function table(kind, heads, rows, caption) {
  const cell = (content, i) => (i === 0 ? el('th', { scope: 'row' }, content) : el('td', { 'data-head': heads[i] }, content));
  return el(
    'div',
    { class: 'table-place', tabindex: '0', role: 'region', 'aria-label': caption },
    el(
      'table',
      { class: `console-table ${kind}` },
      el('caption', { class: 'heard' }, caption),
      el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))),
      el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map(cell)))),
    ),
  );
}

/** A bar of so many percent. */
export function bar(percent, label) {
  const fullness = el('span', { class: 'bar-fill' });
  fullness.style.width = `${Math.min(100, Math.max(0, percent))}%`;
  return el('span', { class: 'bar-line', role: 'img', 'aria-label': label }, fullness);
}

/** A number that stands out when it is not nothing. */
export function loud(value, kind = 'warn') {
  return el('span', { class: value > 0 ? `loud ${kind}` : 'none' }, number(value));
}

/** A quiet sentence in place of a list. */
export function nothing(key) {
  return el('p', { class: 'nothing' }, lines('M5 12.500l4.500 4.500L19 7.500', 'icon'), el('span', {}, t(key)));
}

/** A moment as an element. */
export function when(at_ms, words) {
  return el('time', { datetime: new Date(at_ms).toISOString() }, words);
}

/** How long ago a moment was, in words of its own; `tellAges` tells it anew. */
export function aged(at_ms, words = (age) => age) {
  const tell = () => words(ago(at_ms, known()?.now_ms ?? Date.now()));
  const element = when(at_ms, tell());
  element.tell = () => {
    if (element.textContent !== tell()) element.textContent = tell();
  };
  return element;
}

/** Tells every age in a place as it is by now, and draws nothing else again. */
export function tellAges(place) {
  for (const element of place.querySelectorAll('time')) element.tell?.();
}

/** A button that remembers who it is when its place is filled again. */
export function button(key, label, click, kind = '') {
  const element = el('button', { type: 'button', class: kind, 'data-key': key, on: { click } }, label);
  return element;
}

/** Why something was not done, in words. */
export function sentence(error) {
  if (error.word === 'not-found') return t('shareGone');
  return t({ offline: 'adapterOffline', forbidden: 'adapterForbidden' }[error.kind] ?? 'adapterFailed');
}

/** In place of a page that could not be asked for. */
export function failed(error, again) {
  return note('failed', sentence(error), null, { label: t('retry'), run: again });
}

/** Where it is said what became of a deed, and what tries one; `refused` is said of one that cannot be done as things are. */
export function trying() {
  const said = el('p', { class: 'said', role: 'status' });
  const attempt = async (deed, done, refused) => {
    said.textContent = '';
    try {
      await act(deed);
      said.textContent = done;
    } catch (error) {
      said.textContent = error.word === 'malformed' && refused ? refused : sentence(error);
    }
  };
  return { said, attempt };
}
