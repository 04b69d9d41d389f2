// Why another application entity could not be spoken with: a sentence, and the words of the log below it.

import { el } from '../dom.js';
import { t } from '../i18n.js';

/** How the words of the log begin, and the sentence. */
const REASONS = [
  ['nobody knows an address', 'peerNowhere'], ['nobody is known by this title', 'peerNowhere'], ['the peer has no address', 'peerNowhere'],
  ['cannot connect', 'peerUnreachable'], ['the peer rejected', 'peerRejects'], ['the peer accepted no', 'peerCannot'],
  ['the peer did not', 'peerSilent'], ['the peer agrees on no TLS', 'peerNoTls'], ['the peer answered', 'peerAnswered'],
  ['the archive answers', 'peerAnswered'], ['the peer aborted', 'peerBroke'], ['the peer closed', 'peerBroke'], ['the connection failed', 'peerBroke'],
];

/** The reason; a dash for none. */
export function reason(words) {
  if (!words) return '–';
  const [, key] = REASONS.find(([beginning]) => words.startsWith(beginning)) ?? [];
  return key ? el('div', { class: 'reason' }, t(key), el('p', { class: 'sub detail' }, words)) : words;
}
