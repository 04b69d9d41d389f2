// What went wrong, why, and what is to be done.

import { el } from '../dom.js';
import { counted, t } from '../i18n.js';
import { aged, nothing, senderName } from './parts.js';

const WHY = {
  unreadable: ['whyUnreadable', 'adviceBytes'], mismatch: ['whyMismatch', 'adviceBytes'], 'too-large': ['whyTooLarge', 'adviceBytes'],
  unsupported: ['whyUnsupported', 'adviceBytes'], full: ['whyFull', 'adviceDisk'], denied: ['whyDenied', 'adviceDenied'],
  busy: ['whyBusy', 'adviceAgain'], stopping: ['whyStopping', 'adviceAgain'], own: ['whyOwn', 'adviceLog'],
  folder: ['whyFolder', 'adviceFolder'],
};

/** Why, in a sentence. */
export function whyOf(word) {
  return t((WHY[word] ?? WHY.own)[0]);
}

/** The list. */
export function failures(list) {
  if (list.length === 0) return nothing('failuresNone');
  return el('ul', { class: 'failure-list' }, ...list.map((failure) => row(failure)));
}

function row({ last_ms, times, sender, why, detail }) {
  const [, advice] = WHY[why] ?? WHY.own;
  const often = counted('failureTimes', times);
  return el(
    'li',
    {},
    el('p', { class: 'failure-head' }, el('strong', {}, senderName(sender)), el('span', {}, whyOf(why))),
    el('p', { class: 'sub' }, aged(last_ms, (age) => often + age), ` · ${t(advice)}`),
    detail && el('p', { class: 'sub detail' }, detail),
  );
}
