// New studies are told of and do not move what is being read.

import { countOf } from './pager.js';
import { onRegion, region } from './region.js';

/** Looks after each change of the region whether the list's question finds more than it did. */
export function news(list, signal) {
  let seen = { changes: changes(), lines: lines() };
  onRegion(async () => {
    const now = { changes: changes(), lines: lines() };
    const before = seen;
    seen = now;
    if (before.lines === '') list.table.redraw(); // Now the hospitals have names.
    else if (before.lines !== now.lines) list.refresh(); // One came or went: its studies can be opened or cannot.
    const { pager } = list;
    if (before.changes === now.changes || !pager?.exact) return;
    const found = await countOf(pager.query, pager.sites, signal).catch(() => null);
    if (!found?.exact || list.pager !== pager) return;
    list.fresh = found.count - pager.total;
    list.draw();
  }, signal);
}

function changes() {
  return (region.data?.sites ?? []).map((site) => site.last_change_ms).join();
}

function lines() {
  return (region.data?.sites ?? []).map((site) => `${site.id} ${site.connected}`).join();
}
