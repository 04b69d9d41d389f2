// Moving in the worklist and what its rows do, by mouse and by keyboard.

import { openMarkedOr, toggleMark } from './compare.js';
import { modalities } from './dicom.js';
import { onKeys, showHelp } from './keys.js';
import { uidOf } from './pager.js';
import { shareStudy } from './share.js';

/** Binds a worklist's mouse and keys; `keep` is told of the active row before the page is left. */
export function moves(list, { keep }) {
  const { table, signal } = list;
  // While another list is on its way, no key does anything with a row of this one.
  const row = () => (list.isBehind ? undefined : list.pager?.row(table.active));
  const uid = () => uidOf(row());
  const move = (to) => {
    table.go(to());
    table.element.focus({ preventScroll: true });
  };
  const go = (where, to = uid()) => {
    if (!to) return;
    if (!list.isBehind) keep(table.active);
    location.hash = `#/${where}/${encodeURIComponent(to)}`;
  };
  table.space.addEventListener('click', (event) => {
    const element = event.target.closest('.row');
    if (!element) return;
    if (!event.target.closest('.mark')) table.go(Number(element.dataset.number));
    if (!list.isBehind) keep(table.active);
    const { uid: pressed } = element.dataset;
    const attributes = list.pager?.row(Number(element.dataset.number))?.attributes;
    if (attributes && event.target.closest('.give')) shareStudy(pressed, attributes, signal);
    // Links go by themselves, and a text that is being marked opens nothing.
    if (!event.target.closest('a, button') && getSelection().isCollapsed) go('studies', pressed);
  });
  const onButton = (event) => event.target.closest?.('button, a, summary, dialog');
  const keys = {
    j: () => move(() => table.active + 1),
    k: () => move(() => table.active - 1),
    PageDown: () => move(() => table.active + table.page),
    PageUp: () => move(() => table.active - table.page),
    Home: () => move(() => 0),
    End: () => move(() => table.total - 1),
    Enter: (event) => (onButton(event) ? false : go('studies')),
    h: () => go('history'),
    o: () => (uid() ? openMarkedOr(uid(), modalities(row().attributes)) : false),
    c: () => row() && toggleMark(row().attributes),
    s: () => { if (uid()) shareStudy(uid(), row().attributes, signal); },
    n: () => (list.standing.news.hidden ? false : list.ask({ again: false })),
    '/': () => {
      list.searchBox.focus();
      list.searchBox.select();
    },
    '?': () => showHelp('list'),
    Escape: () => list.reset(),
  };
  onKeys({ ...keys, ArrowDown: keys.j, ArrowUp: keys.k }, signal, {
    Escape: () => table.element.focus({ preventScroll: true }),
    ArrowDown: (event) => (event.target === list.searchBox ? move(() => table.active) : false),
  });
}
