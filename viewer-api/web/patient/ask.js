// Requests to the server that gave this page. Whatever fails becomes a Failure of one of a few kinds.

/** Why there is no answer: `ended` (the link opens nothing any more), `no-session`, `wrong-pin`, `slow-down`, `absent` (it is
    not there, or cannot be given this way), `unavailable` (not now), `offline` (no answer at all). */
export class Failure extends Error {
  constructor(kind, { left = 0, retryAfter_s = 0 } = {}) {
    super(kind);
    this.kind = kind;
    this.left = left;
    this.retryAfter_s = retryAfter_s;
  }
}

const CODES = { not_valid: 'ended', no_session: 'no-session', wrong_pin: 'wrong-pin', slow_down: 'slow-down' };
const WAITS_MS = [500, 1000, 2000, 4000, 8000];

/** `ended` (its detail is the failure's kind), `away` and `back` of the network. */
export const news = new EventTarget();

let isAway = false;

/** Whether the last request had no answer. */
export function isNetworkAway() {
  return isAway;
}

function heardFrom(away) {
  if (away === isAway) return;
  isAway = away;
  news.dispatchEvent(new Event(away ? 'away' : 'back'));
}

/** An answer that is one, or a Failure. */
export async function answered(path, options = {}) {
  const response = await fetched(path, options);
  if (response.ok) return response;
  const failure = await failureOf(response);
  if (failure.kind === 'ended' || failure.kind === 'no-session') {
    news.dispatchEvent(new CustomEvent('ended', { detail: failure.kind }));
  }
  throw failure;
}

async function fetched(path, options) {
  try {
    const response = await fetch(path, { ...options, credentials: 'same-origin', redirect: 'error' });
    heardFrom(false);
    return response;
  } catch (error) {
    if (isAbort(error)) throw error;
    heardFrom(true);
    throw new Failure('offline');
  }
}

async function failureOf(response) {
  const told = response.headers.get('Content-Type')?.includes('json') ? await response.json().catch(() => null) : null;
  const retryAfter_s = Number(told?.retry_after_s ?? response.headers.get('Retry-After')) || 0;
  const coded = CODES[told?.code];
  if (coded) return new Failure(coded, { left: Number(told.left) || 0, retryAfter_s });
  const isPassing = response.status >= 500 || response.status === 429 || response.status === 408;
  return new Failure(isPassing ? 'unavailable' : 'absent', { retryAfter_s });
}

/** Asks for JSON. */
export async function getJson(path, signal) {
  const response = await answered(path, { headers: { Accept: 'application/json' }, signal });
  return readingOn(response.json());
}

/** A body that breaks off is a network that went away. */
export async function readingOn(reading) {
  try {
    return await reading;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Failure('offline');
  }
}

/** Sends JSON; the answer's JSON, if it has any. */
export async function postJson(path, body, signal) {
  const response = await answered(path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal,
  });
  return response.status === 204 ? null : readingOn(response.json());
}

/** Asks again and again, waiting longer each time, for as long as the cause may pass. `told` hears of each failure. */
export async function patiently(ask, signal, told = () => {}) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!mayPass(error)) throw error;
      told(error);
      await pause(waitBefore_ms(attempt, error), signal);
    }
  }
}

/** Whether the same request may be answered later. */
export function mayPass(error) {
  return error.kind === 'offline' || error.kind === 'unavailable';
}

/** How long to wait before another attempt. */
export function waitBefore_ms(attempt, error) {
  return Math.max(WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)], (error.retryAfter_s ?? 0) * 1000);
}

/** A pause that ends early when the device says that its network is back. */
export function pause(wait_ms, signal) {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal?.removeEventListener('abort', stopped);
      resolve();
    };
    const stopped = () => {
      done();
      reject(new DOMException('', 'AbortError'));
    };
    const timer = setTimeout(done, wait_ms);
    window.addEventListener('online', done);
    if (signal?.aborted) stopped();
    signal?.addEventListener('abort', stopped);
  });
}

/** Whether something was given up on purpose, because the page went on. */
export function isAbort(error) {
  return error?.name === 'AbortError';
}
