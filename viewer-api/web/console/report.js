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

/** What somebody should look at: the name of each section of the page of problems that has any, with how many. */
export function toLookAt({ holdings, routes, unreported }) {
  const failed = routes.reduce((sum, route) => sum + route.failed, 0);
  const untold = unreported.reduce((sum, line) => sum + line.waiting + line.given_up, 0);
  const all = [['quarantineTitle', holdings.quarantined], ['conflictsTitle', holdings.conflicts], ['copiesTitle', failed], ['reportsShort', untold]];
  return all.filter(([, count]) => count > 0);
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
