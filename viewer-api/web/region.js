// The region's state, asked for every few seconds while the page is seen, for whoever shows a part of it.

import { getJson, inTime, isAbort } from './api.js';

const EVERY_MS = 10_000;
const listeners = new Set();

/** The last overview (`data`) and why the one after it failed (`error`). */
export const region = { data: null, error: null };

/** Calls the listener after each answer until the signal. */
export function onRegion(listener, signal) {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener));
}

/** What the overview says of a site; `null` when it says nothing. */
export function site(id) {
  return region.data?.sites.find((candidate) => candidate.id === id) ?? null;
}

/** The hospital's name, or its id when nobody gave one. */
export function siteName(id) {
  return site(id)?.name || id;
}

/** Whether all of these sites are known to be disconnected. */
export function allDisconnected(ids) {
  return ids.length > 0 && ids.every((id) => site(id)?.connected === false);
}

/** Asks now, and again and again until the signal. */
export function watchRegion(signal) {
  const ask = () => document.visibilityState === 'visible' && refreshRegion(signal);
  const timer = setInterval(ask, EVERY_MS);
  document.addEventListener('visibilitychange', ask, { signal });
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    region.data = null;
    region.error = null;
  });
  return refreshRegion(signal);
}

/** Asks once. */
export async function refreshRegion(signal) {
  try {
    region.data = await getJson('/api/overview', inTime(signal, EVERY_MS));
    region.error = null;
  } catch (error) {
    if (isAbort(error)) return;
    region.error = error;
  }
  for (const listener of listeners) listener();
}
