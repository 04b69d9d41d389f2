// The hub's answers. Whatever fails becomes a Failure with one of a few kinds.

/** Why there is no answer: `signed-out`, `forbidden`, `gone`, `unsupported`, `limited`, `unavailable`, `offline`, `other`. */
export class Failure extends Error {
  constructor(kind, word = '', retryAfter_s = 0) {
    super(kind);
    this.kind = kind;
    this.word = word;
    this.retryAfter_s = retryAfter_s;
  }
}

const KINDS = {
  401: 'signed-out', 403: 'forbidden', 404: 'gone', 406: 'unsupported', 410: 'gone', 429: 'limited', 503: 'unavailable',
};
/** How long a list or a state is waited for. */
const PATIENCE_MS = 20_000;
const signedOut = new EventTarget();

/** Tells when an answer said that the session has ended. */
export function onSignedOut(listener) {
  signedOut.addEventListener('ended', listener);
}

/** Asks for JSON. */
export async function getJson(path, signal) {
  const response = await answered(path, { headers: { Accept: 'application/dicom+json, application/json' }, signal });
  if (response.status === 204) return [];
  return readingOn(response.json());
}

/** Asks for a picture. */
export async function getPicture(path, signal) {
  const response = await answered(path, { headers: { Accept: 'image/jpeg' }, signal });
  return response.blob();
}

/** Sends JSON and gets JSON. */
export async function postJson(path, body, signal) {
  const response = await answered(path, posted(body, signal));
  return response.status === 204 ? null : readingOn(response.json());
}

/** A signal that also gives up what is not answered in time: lists and states can be asked for again, a picture may take
    long. */
export function inTime(signal, patience_ms = PATIENCE_MS) {
  return AbortSignal.any([signal, AbortSignal.timeout(patience_ms)]);
}

/** A body that breaks off is a hub that went away. */
async function readingOn(reading) {
  try {
    return await reading;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Failure('offline');
  }
}

/** Sends a name and a password: a 401 here is about those and not about a session. */
export async function postCredentials(path, body) {
  const response = await fetched(path, posted(body));
  if (!response.ok) throw await failure(response);
  return response.json();
}

function posted(body, signal) {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal };
}

async function answered(path, options) {
  const response = await fetched(path, options);
  if (response.ok) return response;
  const why = await failure(response);
  if (why.kind === 'signed-out') signedOut.dispatchEvent(new Event('ended'));
  throw why;
}

async function fetched(path, options) {
  try {
    return await fetch(path, { ...options, credentials: 'same-origin', redirect: 'error' });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Failure('offline');
  }
}

async function failure(response) {
  const word = await response.json().then((body) => String(body.error ?? ''), () => '');
  const retryAfter_s = Number(response.headers.get('Retry-After')) || 0;
  return new Failure(KINDS[response.status] ?? 'other', word, retryAfter_s);
}

/** Whether something was given up on purpose, because the page went on. */
export function isAbort(error) {
  return error.name === 'AbortError';
}

/** Whether the same request may be answered later. */
export function mayPass(error) {
  return ['offline', 'unavailable', 'limited'].includes(error.kind);
}

/** The key of the sentence for a failure. */
export function sentenceOf(error) {
  return {
    offline: 'failedOffline', unavailable: 'failedUnavailable', limited: 'failedLimited', forbidden: 'failedForbidden',
  }[error.kind] ?? 'failedOther';
}
