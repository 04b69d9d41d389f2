// What a list says of itself. New studies are told of and do not move what is being read; what changed of a study is drawn
// where it stands.

import { mayPass, sentenceOf } from './api.js';
import { isAsked } from './asked.js';
import { el, fill, note } from './dom.js';
import { counted, number, t } from './i18n.js';
import { PAGE, countOf, uidOf } from './pager.js';
import { mayHavePictures } from './picture.js';
import { onRegion, region } from './region.js';

/** So many answers about the region after which the list is looked at although no hospital told of a change. */
const OFTEN = 6;
const LATE_MS = 1000; // A list that is not here by then is said to be on its way.
const AGAIN_MS = 5000;

/** How many studies a list has, what is new, and whether it is late, failed or not up to date. */
export class Standing {
  constructor(list, { asked, signal }) {
    Object.assign(this, { list, asked });
    this.trouble = null; // what kind of failure is told
    this.stale = el('p', { class: 'stale', role: 'status' });
    this.status = el('p', { class: 'status', role: 'status' });
    const renew = () => list.ask({ again: false });
    this.news = el('button', { type: 'button', class: 'news', hidden: true, on: { click: renew } });
    this.clear = el('button', { type: 'button', class: 'quiet', on: { click: () => list.reset() } }, t('clear'));
    this.notes = el('div', { class: 'grid-note' });
    this.elements = [this.stale, el('div', { class: 'state' }, this.status, this.news, this.clear)];
    this.show();
    onRegion(() => this.#drawStale(), signal);
    window.addEventListener('online', () => this.trouble && this.#tryAgain(), { signal });
    signal.addEventListener('abort', () => [this.late, this.retry].forEach(clearTimeout));
  }

  /** A list is on its way. */
  begin() {
    this.end();
    clearTimeout(this.retry);
    this.late = setTimeout(() => { this.status.textContent = t('loading'); }, LATE_MS);
  }

  /** None is any more. */
  end() {
    clearTimeout(this.late);
    this.#drawStatus();
  }

  /** Another list is here. */
  show() {
    clearTimeout(this.late);
    Object.assign(this, { fresh: new Set(), count: null });
  }

  /** Its rows, or how many there are, came. */
  draw() {
    this.trouble = null;
    this.#drawStale();
    this.#drawStatus();
    fill(this.notes, this.list.pager.total === 0 && (isAsked(this.asked())
      ? note('empty', t('nothingFound'), t('nothingFoundDetail'), { label: t('clear'), run: () => this.list.reset() })
      : note('empty', t('noStudies'), t('noStudiesDetail'))));
  }

  /** The list or a part of it did not come; it is asked for again by itself. */
  failed(error) {
    const again = { label: t('retry'), run: () => this.#tryAgain() };
    if (this.trouble !== error.kind) fill(this.notes, note('failed', t('searchFailed'), t(sentenceOf(error)), again));
    this.trouble = error.kind;
    this.#drawStale();
    this.#drawStatus();
    clearTimeout(this.retry);
    if (mayPass(error)) this.retry = setTimeout(() => this.#tryAgain(), Math.max(AGAIN_MS, 1000 * error.retryAfter_s));
  }

  /** Asks for what did not come: the list, or rows of it. */
  #tryAgain() {
    clearTimeout(this.retry);
    const { pager, table } = this.list;
    if (!pager) {
      this.list.ask({ again: true });
      return;
    }
    if (!pager.exact) pager.count().catch(pager.onFailure);
    else if (pager.hasAll(...table.sight)) this.draw();
    table.draw();
  }

  /** A look at the hub's list told which rows are others now, which studies are new, or how many there are. */
  changed({ renewed = [], fresh = [], count = this.count }) {
    for (const uid of fresh) this.fresh.add(uid);
    this.count = count;
    mayHavePictures(renewed);
    this.list.table.renew(renewed);
    this.#drawStatus();
  }

  #drawStatus() {
    const { total = null, exact = false, gone = 0 } = this.list.pager ?? {};
    const key = isAsked(this.asked()) ? 'foundCount' : 'allCount';
    const found = () => (exact ? counted(key, total - gone) : t(key, { n: `${number(Math.max(total, 0))}+` }));
    this.status.textContent = total === null ? '' : found();
    this.clear.hidden = !isAsked(this.asked());
    const more = exact ? Math.max(this.fresh.size, (this.count ?? 0) - (total - gone)) : 0;
    const isLess = exact && this.count !== null && this.count < total - gone + this.fresh.size;
    this.news.hidden = more === 0 && !isLess;
    this.news.textContent = t(more > 0 ? 'newCount' : 'fewerNow', { n: number(more) });
  }

  #drawStale() {
    const isSilent = region.error || this.trouble === 'offline' || this.trouble === 'unavailable';
    this.stale.textContent = isSilent ? t('stale') : '';
  }
}

/** Looks after changes of the region whether the list is still as it was found; with each answer one page, or the count. */
export function news(list, signal) {
  let seen = { changes: changes(), lines: lines() };
  let answers = 0;
  let looks = [];
  onRegion(async () => {
    const now = { changes: changes(), lines: lines() };
    const before = seen;
    seen = now;
    answers += 1;
    if (before.lines === '') list.table.redraw(); // Now the hospitals have names.
    if (before.lines === '' || region.error || list.isBehind || !list.pager?.exact) return;
    const sight = list.pager.pagesOf(...list.table.sight).filter(Number.isFinite);
    // One came or went: its studies can be opened or cannot.
    if (before.lines !== now.lines) list.pager.forgetBut(sight);
    const isDue = before.lines !== now.lines || before.changes !== now.changes || answers % OFTEN === 0;
    if (isDue) looks = [...new Set([...sight, 0]), 'count'];
    while (looks.length > 0) {
      const next = looks.shift();
      const found = await look(list, next, signal).catch(() => null);
      if (found === 'all') looks = [];
      if (found) return;
    }
  }, signal);
}

/** Looks at a page, or counts; `all` when nothing else can have changed, `false` when nothing was asked. */
async function look(list, what, signal) {
  const { pager } = list;
  if (what === 'count') {
    const { count, exact } = await countOf(pager.query, pager.sites, signal);
    if (list.pager === pager && exact) list.standing.changed({ count });
    return 'some';
  }
  const answer = await pager.again(what);
  if (!answer || list.pager !== pager) return false;
  const told = compared(answer, what === 0, (what + 1) * PAGE >= pager.total);
  const isAll = what === 0 && !answer.more;
  list.standing.changed(isAll ? { ...told, count: answer.studies.length } : told);
  return isAll ? 'all' : 'some';
}

/** Puts what changed into rows that are known, and tells which did, and which studies are new. At the edges of a page that
    is not the first or the last nobody can tell a study that came from one that was moved there. */
function compared({ rows, studies, more, known }, isFirst, isLast) {
  const places = new Map(studies.map((row, at) => [uidOf(row), at]));
  const found = rows.map((row) => places.get(uidOf(row)));
  const both = [...found.keys()].filter((at) => found[at] !== undefined);
  const there = both.map((at) => found[at]);
  const within = (at, list, first, last) => (first || at > Math.min(...list)) && (last || at < Math.max(...list));
  const renewed = [];
  rows.forEach((row, at) => {
    const isGone = found[at] === undefined && !row.gone && within(at, both, isFirst, !more);
    const isOther = found[at] !== undefined && JSON.stringify(row) !== JSON.stringify(studies[found[at]]);
    if (!isGone && !isOther) return;
    rows[at] = isGone ? { ...row, gone: true } : studies[found[at]];
    renewed.push(uidOf(row));
  });
  const fresh = studies.filter((row, at) => !known.has(uidOf(row)) && within(at, there, isFirst, isLast)).map(uidOf);
  return { renewed, fresh };
}

function changes() {
  return (region.data?.sites ?? []).map((site) => site.last_change_ms).join();
}

function lines() {
  return (region.data?.sites ?? []).map((site) => `${site.id} ${site.connected}`).join();
}
