// The link: its secret, which is kept in memory only, and what it opens.

import { Failure, answered, getJson, news, patiently, postJson } from './ask.js';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const ALIVE_MS = 2000;

// The same link as standard readers take it.
const SECOND_FORM = 'shlink:/';

let token = '';

/** Takes the secret out of the address; `whole`, `cut` (no whole secret), or `none`. */
export function takeToken() {
  const fragment = location.hash.slice(1);
  if (fragment === '') return 'none';
  const secret = fragment.startsWith(SECOND_FORM) ? ofSecondForm(fragment.slice(SECOND_FORM.length)) : fragment;
  token = TOKEN.test(secret) ? secret : '';
  return token ? 'whole' : 'cut';
}

/** The secret in the address of a manifest of ours. */
function ofSecondForm(payload) {
  try {
    const url = new URL(JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))).url);
    return url.origin === location.origin ? url.pathname.split('/').at(-1) : '';
  } catch {
    return '';
  }
}

/** Whether a PIN is all that is missing. */
export function hasToken() {
  return token !== '';
}

/** Opens the link. From then on the address bar does not show the secret. Sent again, it is the same attempt. */
export async function openLink(pin, signal, told) {
  const attempt = crypto.randomUUID();
  const link = await patiently(() => postJson('/s/api/open', { token, pin, attempt }, signal), signal, told);
  performance.mark('link-opened');
  hideToken();
  return readLink(link);
}

/** Takes the secret out of the address bar. */
export function hideToken() {
  if (location.hash) history.replaceState(history.state, '', location.pathname);
}

/** What an earlier visit opened, if its session lasts. */
export async function reopenLink(signal, told) {
  return readLink(await patiently(() => getJson('/s/api/link', signal), signal, told));
}

/** Whether a study could be opened whole now. */
export async function isAvailable(study, signal) {
  const { studies } = readLink(await getJson('/s/api/link', signal));
  return studies.some(({ uid, available }) => uid === study && available);
}

/** Ends the session. */
export async function leaveLink() {
  token = '';
  await postJson('/s/api/leave', {}).catch(() => null);
}

/** The address of the full viewer for a doctor. */
export async function openForProfessional(pin, study, signal) {
  const { url } = await postJson('/s/api/professional', { pin, study }, signal);
  const address = new URL(url, location.href);
  if (address.origin !== location.origin) throw new Failure('absent');
  return address.href;
}

/** Asks every two seconds, while somebody looks, whether the link still opens anything. */
export function watchLink(signal) {
  const ask = async () => {
    if (document.visibilityState !== 'visible') return;
    await answered('/s/api/alive', { signal, cache: 'no-store' }).catch(() => null); // `ended` is told by the answer.
  };
  let isAsking = false;
  const turn = async () => {
    if (isAsking) return;
    isAsking = true;
    await ask();
    isAsking = false;
  };
  const timer = setInterval(turn, ALIVE_MS);
  document.addEventListener('visibilitychange', turn, { signal });
  signal.addEventListener('abort', () => clearInterval(timer));
}

/** Calls once when the link or its session has ended. */
export function onEnded(listener, signal) {
  news.addEventListener('ended', (event) => listener(event.detail), { signal });
}

const words = (value) => (typeof value === 'string' ? value.trim() : '');
const list = (value) => (Array.isArray(value) ? value : []);
const count = (value) => (Number.isFinite(value) && value > 0 ? Math.floor(value) : 0);

/** What a link opens, with nothing missing in it: texts are texts, lists are lists. */
function readLink(told) {
  const { patient } = told ?? {};
  const expires_ms = Number.isFinite(told?.expires_ms) ? told.expires_ms : Date.parse(told?.expires ?? '');
  return {
    expires_ms,
    download: told?.download === true,
    professional: told?.professional === true,
    language: words(told?.language),
    notice: told?.notice ?? {},
    missing: count(told?.missing),
    patient: {
      alphabetic: words(patient?.alphabetic), ideographic: words(patient?.ideographic),
      birthDate: words(patient?.birth_date), sex: words(patient?.sex),
    },
    studies: list(told?.studies).map(readStudy).sort((a, b) => (b.date + b.time).localeCompare(a.date + a.time)),
  };
}

function readStudy(told) {
  return {
    uid: words(told.uid), date: words(told.date), time: words(told.time), description: words(told.description),
    modalities: list(told.modalities).map(words).filter(Boolean), hospital: words(told.hospital),
    available: told.available !== false, bytes: count(told.bytes),
    series: list(told.series).map(readSeries).filter((series) => series.uid && series.first.uid && series.kind !== 'state'),
  };
}

function readSeries(told) {
  return {
    uid: words(told.uid), number: Number.isFinite(told.number) ? told.number : null, modality: words(told.modality),
    description: words(told.description), bodyPart: words(told.body_part), instances: count(told.instances),
    kind: words(told.kind) || 'other',
    first: {
      uid: words(told.first?.uid), frames: Math.max(1, count(told.first?.frames)),
      side: Math.max(count(told.first?.rows), count(told.first?.columns)),
    },
  };
}
