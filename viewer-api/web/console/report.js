// The adapter's report, asked for again and again while somebody looks.

import { getJson, inTime, isAbort, postJson } from '../api.js';

const EVERY_MS = 5000;

let latest = null;
const news = new EventTarget();
let turn = null;

/** The latest report, if there is one. */
export function known() {
  return latest;
}

/** Calls with each report, and with the failure when there is none, until the signal. */
export function onReport(listener, signal) {
  news.addEventListener('report', (event) => listener(event.detail), { signal });
}

/** Asks until the signal. */
export function watch(signal) {
  latest = null;
  turn = signal;
  const again = async () => {
    if (document.visibilityState === 'visible') await ask(signal);
    if (!signal.aborted) timer = setTimeout(again, EVERY_MS);
  };
  let timer = 0;
  signal.addEventListener('abort', () => clearTimeout(timer));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && ask(signal), { signal });
  again();
}

async function ask(signal) {
  try {
    latest = await getJson('/api/console', inTime(signal));
    tell({ report: latest });
  } catch (error) {
    if (!isAbort(error)) tell({ report: latest, error });
  }
}

function tell(detail) {
  news.dispatchEvent(new CustomEvent('report', { detail }));
}

/** Has something done, then asks how things are. */
export async function act(deed) {
  await postJson('/api/console/act', deed);
  if (turn && !turn.aborted) await ask(turn);
}
