// Which hospitals hold a study.

import { getJson, isAbort } from './api.js';

/** Sites by study; nothing when there is no answer, because the studies can be shown without. */
export async function holdersOf(uids, signal) {
  if (uids.length === 0) return {};
  const query = uids.map((uid) => `study=${encodeURIComponent(uid)}`).join('&');
  try {
    return (await getJson(`/api/holders?${query}`, signal)).holders;
  } catch (error) {
    if (isAbort(error)) throw error;
    return {};
  }
}
