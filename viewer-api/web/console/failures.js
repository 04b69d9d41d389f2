// What went wrong, why, and what is to be done.

import { el } from '../dom.js';
import { ago, counted, t } from '../i18n.js';
import { nothing, senderName, when } from './parts.js';

const WHY = {
  unreadable: ['whyUnreadable', 'adviceBytes'], mismatch: ['whyMismatch', 'adviceBytes'], 'too-large': ['whyTooLarge', 'adviceBytes'],
  unsupported: ['whyUnsupported', 'adviceBytes'], full: ['whyFull', 'adviceDisk'], denied: ['whyDenied', 'adviceDenied'],
  busy: ['whyBusy', 'adviceAgain'], stopping: ['whyStopping', 'adviceAgain'], own: ['whyOwn', 'adviceLog'],
};

/** Why, in a sentence. */
export function whyOf(word) {
  return t((WHY[word] ?? WHY.own)[0]);
}

/** The list. */
export function failures({ failures: list, now }) {
  if (list.length === 0) return nothing('failuresNone');
  return el('ul', { class: 'failure-list' }, ...list.map((failure) => row(failure, now)));
}

function row({ last_ms, times, sender, why, detail }, now) {
  const [, advice] = WHY[why] ?? WHY.own;
  const often = counted('failureTimes', times);
  return el(
    'li',
    {},
    el('p', { class: 'failure-head' }, el('strong', {}, senderName(sender)), el('span', {}, whyOf(why))),
    el('p', { class: 'sub' }, when(last_ms, often + ago(last_ms, now)), ` · ${t(advice)}`),
    detail && el('p', { class: 'sub detail' }, detail),
  );
}
