// Rows of a long list by their number, fetched a page at a time as they are needed.

import { inTime, postJson } from './api.js';
import { TAG, text } from './dicom.js';

export const PAGE = 50;
/** Pages kept; those longest out of sight are fetched again. */
const KEPT = 60;
const INCLUDED = [TAG.studyDescription, TAG.modalities, TAG.issuer].join(',');

/** One page of studies of a query, from an offset. */
export async function studiesAt(query, sites, offset, limit, signal) {
  const asked = new URLSearchParams(query);
  asked.set('includefield', INCLUDED);
  asked.set('limit', String(limit));
  asked.set('offset', String(offset));
  return postJson('/api/studies', { query: asked.toString(), sites }, inTime(signal));
}

/** How many studies match. */
export function countOf(query, sites, signal) {
  return postJson('/api/studies/count', { query: query.toString(), sites }, inTime(signal));
}

/** Which study a row is of. */
export function uidOf(row) {
  return text(row?.attributes, TAG.studyUid);
}

/**
 * A list over a query. `total` is how many rows it has as far as anybody knows; `onChange` is called when rows came or the
 * total changed, `onFailure` when a page did not come. The list stays as it was found: what the hub counts otherwise by now,
 * because studies came or went, is made up for.
 */
export class Pager {
  #pages = new Map(); // number of the page to its rows, or null while it is fetched
  #asking;
  #moved = 0; // by how many rows the hub's list has moved down since

  constructor({ query, sites, ascending, signal, onChange, onFailure }) {
    Object.assign(this, { query, sites, ascending, signal, onChange, onFailure });
    this.total = null;
    this.exact = false;
  }

  /** Asks for the first rows, and beside them for the number of all. An ascending list begins at the end of the index's. */
  async begin() {
    const counting = this.count();
    counting.catch(() => {}); // It is waited for below, and may fail before that.
    if (this.ascending) {
      await counting;
      if (this.total > 0) await this.#fetch(this.#pageOf(0));
      else this.onChange();
      return;
    }
    const answer = await studiesAt(this.query, this.sites, 0, PAGE, this.signal);
    this.#pages.set(0, answer.studies);
    if (!answer.more) [this.total, this.exact] = [answer.studies.length, true];
    else if (this.total === null) this.total = PAGE + 1;
    this.onChange();
    await counting.catch((error) => this.onFailure(error));
  }

  /** Asks for the number of all. */
  async count() {
    const { count, exact } = await countOf(this.query, this.sites, this.signal);
    [this.total, this.exact] = [count, exact];
    if (this.#pages.size > 0) this.onChange();
  }

  /** A row, or `undefined` while it is not here; `need` fetches it. */
  row(number) {
    const index = this.#index(number);
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Forgets rows but those of some pages: they are asked for again when they are seen; rows on their way are not. */
  forgetBut(kept) {
    for (const [page, rows] of this.#pages) if (rows && !kept.includes(page)) this.#pages.delete(page);
  }

  /** How many rows are of studies that are not there any more. */
  get gone() {
    return [...this.#pages.values()].flatMap((rows) => rows ?? []).filter((row) => row.gone).length;
  }

  /** Whether everything that is seen is here. */
  hasAll(first, last) {
    return this.pagesOf(first, last).every((page) => this.#pages.get(page));
  }

  /** The pages of rows that are seen. */
  pagesOf(first, last) {
    return [...new Set([this.#pageOf(first), this.#pageOf(last)])];
  }

  /** Fetches the pages of rows that are seen. Only the last wish counts: a page run past is given up. */
  need(first, last) {
    const wanted = this.pagesOf(first, last).filter((page) => !this.#pages.has(page));
    clearTimeout(this.#asking);
    if (wanted.length === 0) return;
    this.#asking = setTimeout(async () => {
      // One after the other, so that the second finds its place beside the first.
      for (const page of wanted) await this.#fetch(page).catch((error) => this.onFailure(error));
    }, this.#pages.size > 0 ? 60 : 0);
  }

  async #fetch(page) {
    if (this.#pages.has(page)) return;
    this.#pages.set(page, null);
    try {
      const rows = await this.#found(page);
      this.#pages.delete(page);
      this.#pages.set(page, rows);
      while (this.#pages.size > KEPT) this.#pages.delete(this.#pages.keys().next().value);
      this.onChange();
    } catch (error) {
      this.#pages.delete(page);
      throw error;
    }
  }

  /** The rows of a page, asked for with some before and behind it: these tell how far the hub's list has moved. */
  async #found(page, lap = 1, tries = 3) {
    const start = page * PAGE;
    const offset = Math.max(0, start + this.#moved - lap);
    const limit = start + this.#moved - offset + PAGE + lap;
    const answer = await studiesAt(this.query, this.sites, offset, limit, this.signal);
    const by = this.#movedBy(answer.studies, offset - this.#moved);
    const isAlone = !this.#pages.get(page - 1) && !this.#pages.get(page + 1);
    if (tries > 0 && by !== 0 && !(by === null && isAlone)) {
      this.#moved += by ?? 0;
      return this.#found(page, by === null ? PAGE : lap, tries - 1);
    }
    const rows = answer.studies.slice(Math.max(0, start + this.#moved - offset)).slice(0, PAGE);
    // Another page found meanwhile that the list has moved, and this one was asked for too early.
    if (tries > 0 && answer.more && rows.length < PAGE) return this.#found(page, lap, tries - 1);
    // The list has become shorter behind what was seen of it.
    if (!answer.more && rows.length < PAGE && !this.ascending) this.total = Math.min(this.total, start + rows.length);
    return rows;
  }

  /** By how many rows an answer is off its place in the list; `null` when nothing in it is known. */
  #movedBy(studies, start) {
    const known = new Map();
    for (const [page, rows] of this.#pages) rows?.forEach((row, i) => known.set(uidOf(row), page * PAGE + i));
    const at = studies.findIndex((row) => known.has(uidOf(row)));
    return at < 0 ? null : start + at - known.get(uidOf(studies[at]));
  }

  /** Asks again for a page that is here: its rows then, the answer, and whether a study is known. */
  async again(page) {
    const rows = this.#pages.get(page);
    if (!rows) return null;
    // What came before the first row is looked for too.
    const offset = page > 0 ? Math.max(0, page * PAGE + this.#moved) : 0;
    const { studies, more } = await studiesAt(this.query, this.sites, offset, PAGE, this.signal);
    const known = new Set([...this.#pages.values()].flatMap((held) => (held ?? []).map(uidOf)));
    return this.#pages.get(page) === rows ? { rows, studies, more, known } : null;
  }

  #index(number) {
    return this.ascending ? Math.max(0, this.total - 1 - number) : number;
  }

  #pageOf(number) {
    return Math.floor(this.#index(number) / PAGE);
  }
}
