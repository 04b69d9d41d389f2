// Studies marked to be opened side by side, and the tray that holds them.

import { TAG, modalities, text } from './dicom.js';
import { el, fill, icon } from './dom.js';
import { day, t } from './i18n.js';
import { shownName } from './names.js';
import { badges } from './picture.js';
import { hasViewer, openViewer, viewerAddress } from './viewer.js';

/** The most that stand side by side. */
const MOST = 4;
const marked = new Map(); // UID to attributes
const listeners = new Set();

/** Whether a study is marked. */
export function isMarked(uid) {
  return marked.has(uid);
}

/** Marked studies, in the order marked. */
export function markedUids() {
  return [...marked.keys()];
}

/** Modalities of what is marked, where it is one study alone: several stand side by side in a viewer of all. */
function markedModalities() {
  return marked.size === 1 ? [...marked.values()].flatMap(modalities) : [];
}

/** Marks a study, or takes the mark away; false when there are as many as can stand side by side. */
export function toggleMark(attributes) {
  const uid = text(attributes, TAG.studyUid);
  if (!marked.delete(uid)) {
    if (marked.size >= MOST) return false;
    marked.set(uid, attributes);
  }
  changed();
  return true;
}

/** Forgets every mark. */
export function forgetMarks() {
  marked.clear();
  changed();
}

/** Calls the listener after each change until the signal. */
export function onMarks(listener, signal) {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener));
}

function changed() {
  for (const listener of listeners) listener();
}

/** The tray; empty while nothing is marked. It says when what is marked is of different names. */
export function tray(signal) {
  const place = el('aside', { class: 'tray', 'aria-label': t('marked') });
  const draw = () => {
    place.hidden = marked.size === 0;
    const persons = [TAG.birthDate, TAG.sex].map((tag) => new Set([...marked.values()].map((attributes) => text(attributes, tag)).filter(Boolean)));
    fill(
      place,
      el('ul', { class: 'tray-list' }, ...[...marked.values()].map(entry)),
      persons.some((values) => values.size > 1) && el('span', { class: 'tag warn' }, t('markedDiffer')),
      el(
        'span',
        { class: 'tray-do' },
        hasViewer()
          ? el('a', { class: 'button primary', href: viewerAddress(markedUids(), markedModalities()), target: '_blank', rel: 'noopener noreferrer' }, icon('beside'), t(marked.size > 1 ? 'openBeside' : 'openViewer'))
          : el('span', { class: 'sub' }, t('noViewer')),
        el('button', { type: 'button', on: { click: forgetMarks } }, t('unmarkAll')),
      ),
    );
  };
  draw();
  onMarks(draw, signal);
  return place;
}

function entry(attributes) {
  const away = () => toggleMark(attributes);
  const name = shownName(attributes);
  return el(
    'li',
    { class: 'tray-entry' },
    badges(modalities(attributes).slice(0, 1)),
    el('span', { class: 'tray-name' }, name),
    el('span', { class: 'sub' }, day(text(attributes, TAG.studyDate))),
    el('button', { type: 'button', class: 'quiet close', 'aria-label': `${t('unmark')}: ${name}`, on: { click: away } }, icon('close')),
  );
}

/** Opens what is marked side by side, or, with nothing marked, this study alone. */
export function openMarkedOr(uid, list) {
  return marked.size > 0 ? openViewer(markedUids(), markedModalities()) : openViewer([uid], list);
}
