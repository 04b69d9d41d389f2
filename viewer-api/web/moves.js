// Moving in the worklist and what its rows do, by mouse and by keyboard.

import { openMarkedOr, toggleMark } from './compare.js';
import { TAG, text } from './dicom.js';
import { onKeys, showHelp } from './keys.js';
import { shareStudy } from './share.js';

/** Binds a worklist's mouse and keys; `keep` is told of the active row before the page is left. */
export function moves(list, { keep }) {
  const { table, signal } = list;
  const row = () => list.pager?.row(table.active);
  const uid = () => text(row()?.attributes, TAG.studyUid);
  const move = (to) => {
    table.go(to());
    table.element.focus({ preventScroll: true });
  };
  const go = (where) => {
    if (!uid()) return;
    keep(table.active);
    location.hash = `#/${where}/${encodeURIComponent(uid())}`;
  };
  table.space.addEventListener('click', (event) => {
    const element = event.target.closest('.row');
    if (!element) return;
    if (!event.target.closest('.mark')) table.go(Number(element.dataset.number));
    keep(table.active);
    if (event.target.closest('.give')) shareStudy(uid(), row().attributes, signal);
    // Links go by themselves, and a text that is being marked opens nothing.
    if (!event.target.closest('a, button') && getSelection().isCollapsed) go('studies');
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
    o: () => (uid() ? openMarkedOr(uid()) : false),
    c: () => row() && toggleMark(row().attributes),
    s: () => { if (uid()) shareStudy(uid(), row().attributes, signal); },
    n: () => (list.fresh > 0 ? list.ask({ again: false }) : false),
    '/': () => {
      list.searchBox.focus();
      list.searchBox.select();
    },
    '?': showHelp,
    Escape: () => list.reset(),
  };
  onKeys({ ...keys, ArrowDown: keys.j, ArrowUp: keys.k }, signal, {
    Escape: () => table.element.focus({ preventScroll: true }),
    ArrowDown: (event) => (event.target === list.searchBox ? move(() => table.active) : false),
  });
}
