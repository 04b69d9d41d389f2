// New studies are told of and do not move what is being read.

import { countOf } from './pager.js';
import { onRegion, region } from './region.js';

/** Looks after each change of the region whether the list's question finds more than it did. */
export function news(list, signal) {
  let seen = '';
  let lines = '';
  onRegion(async () => {
    const sites = region.data?.sites ?? [];
    const linesNow = sites.map((site) => `${site.id} ${site.connected}`).join();
    if (!lines) list.table.redraw(); // Now the hospitals have names.
    else if (lines !== linesNow) list.refresh(); // One came or went: its studies can be opened or cannot.
    lines = linesNow;
    const now = sites.map((site) => site.last_change_ms).join();
    const changed = seen !== '' && seen !== now;
    seen = now;
    const { pager } = list;
    if (!changed || !pager?.exact) return;
    const found = await countOf(pager.query, pager.sites, signal).catch(() => null);
    if (!found?.exact || list.pager !== pager) return;
    list.fresh = found.count - pager.total;
    list.draw();
  }, signal);
}
