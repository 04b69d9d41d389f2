// A study as a ZIP file. What fits into a phone's memory comes through the page, with a bar; more goes straight to the browser.

import { answered, isAbort } from './ask.js';
import { el, fill } from './dom.js';
import { drawing } from './icons.js';
import { size, t } from './language.js';
import { hand } from './saving.js';

/** The most bytes that the page holds itself. */
const MOST_BYTES = 200e6;

/** The button, and how far it is. */
export function downloadPart(study, signal) {
  const place = el('div', { class: 'download-state' });
  const click = () => begin(study, place, button, signal);
  const button = el('button', { type: 'button', class: 'row-button download', on: { click } }, drawing('download'), t('downloadStudy'));
  const hint = study.bytes > 0 ? `${t('downloadHint')} (${size(study.bytes)})` : t('downloadHint');
  return el('div', { class: 'sheet-part' }, button, el('p', { class: 'hint' }, hint), place);
}

function addressOf(study) {
  return `/s/api/download?${new URLSearchParams({ study: study.uid })}`;
}

async function begin(study, place, button, signal) {
  if (study.bytes > MOST_BYTES) {
    leaveToBrowser(study, place);
    return;
  }
  const stop = new AbortController();
  const ended = () => stop.abort();
  signal.addEventListener('abort', ended);
  button.disabled = true;
  try {
    await through(study, place, stop);
  } catch (error) {
    if (isAbort(error)) fill(place);
    else fill(place, el('p', { class: 'problem', role: 'alert' }, t('downloadFailed')), again(study, place, button, signal));
  }
  signal.removeEventListener('abort', ended);
  button.disabled = false;
}

async function through(study, place, stop) {
  const response = await answered(addressOf(study), { headers: { Accept: 'application/zip' }, signal: stop.signal });
  const expected = Number(response.headers.get('x-expected-bytes')) || study.bytes;
  if (expected > MOST_BYTES) {
    stop.abort();
    leaveToBrowser(study, place);
    return;
  }
  const bar = progress(place, expected, () => stop.abort());
  const reader = response.body.getReader();
  const parts = [];
  let done_bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    done_bytes += value.length;
    bar(done_bytes);
  }
  hand(new Blob(parts, { type: 'application/zip' }), 'study.zip');
  fill(place, el('p', { class: 'good', role: 'status' }, drawing('done'), t('downloadDone')));
}

function progress(place, expected, stop) {
  const bar = el('progress', { max: expected > 0 ? expected : null, value: expected > 0 ? '0' : null, 'aria-label': t('downloadTitle') });
  const words = el('span', {});
  const button = el('button', { type: 'button', class: 'button', on: { click: stop } }, t('stop'));
  fill(place, bar, el('div', { class: 'download-words' }, words, button));
  return (done_bytes) => {
    if (expected > 0) bar.value = Math.min(done_bytes, expected);
    const total = size(Math.max(expected, done_bytes));
    fill(words, expected > 0 ? t('downloadSoFar', { done: size(done_bytes), total }) : t('downloadCount', { done: size(done_bytes) }));
  };
}

function leaveToBrowser(study, place) {
  const anchor = el('a', { href: addressOf(study), download: 'study.zip', hidden: true });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  fill(place, el('p', { role: 'status' }, t('downloadBegun')));
}

function again(study, place, button, signal) {
  return el('button', { type: 'button', class: 'button', on: { click: () => begin(study, place, button, signal) } }, t('tryAgain'));
}
