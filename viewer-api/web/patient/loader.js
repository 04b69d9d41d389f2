// Pictures on their way: a few at a time, the most wanted first, those no longer wanted given up.

import { answered, isAbort, mayPass, news, readingOn, waitBefore_ms } from './ask.js';
import { Kept } from './kept.js';

/** Requests at a time. */
const MOST = 6;
/** Decoded pictures kept. */
export const DECODED_BYTES = 64 << 20;
/** Pictures kept as they came, so that going back needs no network. */
const ENCODED_BYTES = 40 << 20;
/** Of pictures that do not come, so many are remembered. */
const MOST_FAILURES = 500;

const owners = new Map(); // who wants pictures, to the addresses, the most wanted first
const running = new Map(); // address to its AbortController
const failures = new Map(); // address to {error, attempts, again_ms}
const encoded = new Kept(ENCODED_BYTES);
const decoded = new Kept(DECODED_BYTES, {
  gone: (bitmap) => bitmap.close(),
  isNeeded: (address) => [...owners.keys()].some((owner) => owner.isShowing(address)),
});
let wakeUp = 0;
let mean_ms = 400; // What a picture took lately.

news.addEventListener('back', hurry);
window.addEventListener('online', hurry);

/** Whether pictures come so quickly that none has to stand in for them. */
export function isQuick() {
  return mean_ms < 110;
}

/** Milliseconds from one picture to the next when as many as may be are on their way. */
export function pace_ms() {
  return mean_ms / MOST;
}

/** A picture that is here; `undefined` when it is not. */
export function bitmapOf(address) {
  return decoded.get(address);
}

/** Why a picture is not here, if it was asked for in vain. */
export function failureOf(address) {
  return failures.get(address)?.error;
}

/** Says what an owner wants now, the most wanted first, in place of what it wanted before. The owner has `arrived(address)`,
    `failed(address, error)` and `isShowing(address)`. */
export function want(owner, addresses) {
  owners.set(owner, addresses);
  pump();
}

/** Forgets an owner and what it wants. */
export function unwant(owner) {
  owners.delete(owner);
  pump();
}

/** Forgets every picture. */
export function forgetPictures() {
  owners.clear();
  pump();
  failures.clear();
  encoded.clear();
  decoded.clear();
}

/** What owners want, the first of each before the second of each. */
function wanted() {
  const lists = [...owners.values()];
  const out = new Set();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let place = 0; place < longest; place += 1) {
    for (const list of lists) if (place < list.length) out.add(list[place]);
  }
  return out;
}

function pump() {
  const all = wanted();
  for (const [address, controller] of running) {
    if (!all.has(address)) {
      running.delete(address);
      controller.abort();
    }
  }
  let soonest_ms = Infinity;
  for (const address of all) {
    if (running.size >= MOST) break;
    if (decoded.has(address) || running.has(address)) continue;
    const failure = failures.get(address);
    if (failure && failure.again_ms > performance.now()) {
      soonest_ms = Math.min(soonest_ms, failure.again_ms);
      continue;
    }
    fetchOne(address);
  }
  clearTimeout(wakeUp);
  if (soonest_ms < Infinity) wakeUp = setTimeout(pump, Math.max(20, soonest_ms - performance.now()));
}

async function fetchOne(address) {
  const controller = new AbortController();
  running.set(address, controller);
  const begun_ms = performance.now();
  try {
    const known = encoded.get(address);
    const blob = known ?? await getPicture(address, controller.signal);
    const bitmap = await createImageBitmap(blob).catch(() => { throw Object.assign(new Error('absent'), { kind: 'absent' }); });
    if (controller.signal.aborted) bitmap.close();
    else arrived(address, blob, bitmap);
    if (!known) mean_ms = 0.8 * mean_ms + 0.2 * (performance.now() - begun_ms);
  } catch (error) {
    if (!isAbort(error)) failed(address, error);
  }
  if (running.get(address) === controller) running.delete(address);
  pump();
}

async function getPicture(address, signal) {
  const response = await answered(address, { headers: { Accept: 'image/jpeg' }, signal });
  return readingOn(response.blob());
}

function arrived(address, blob, bitmap) {
  failures.delete(address);
  encoded.set(address, blob, blob.size);
  decoded.set(address, bitmap, bitmap.width * bitmap.height * 4);
  for (const owner of [...owners.keys()]) owner.arrived(address);
}

function failed(address, error) {
  const attempts = (failures.get(address)?.attempts ?? 0) + 1;
  const again_ms = mayPass(error) ? performance.now() + waitBefore_ms(attempts - 1, error) : Infinity;
  failures.set(address, { error, attempts, again_ms });
  if (failures.size > MOST_FAILURES) failures.delete(failures.keys().next().value);
  if (error.kind === 'offline') mean_ms = Math.max(mean_ms, 400);
  for (const owner of [...owners.keys()]) owner.failed(address, error);
}

/** The network is back: whatever waits for another attempt has it now. */
function hurry() {
  for (const failure of failures.values()) if (failure.again_ms < Infinity) failure.again_ms = 0;
  pump();
}
