// Rows of a long list by their number, fetched a page at a time as they are needed.

import { postJson } from './api.js';
import { TAG } from './dicom.js';

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
  return postJson('/api/studies', { query: asked.toString(), sites }, signal);
}

/** How many studies match. */
export function countOf(query, sites, signal) {
  return postJson('/api/studies/count', { query: query.toString(), sites }, signal);
}

/**
 * A list over a query. `total` is how many rows it has as far as anybody knows; `onChange` is called when rows came or the
 * total changed, `onFailure` when a page did not come.
 */
export class Pager {
  #pages = new Map(); // number of the page to its rows, or null while it is fetched
  #asking;

  constructor({ query, sites, ascending, signal, onChange, onFailure }) {
    Object.assign(this, { query, sites, ascending, signal, onChange, onFailure });
    this.total = null;
    this.exact = false;
  }

  /** Asks for the first rows, and beside them for the number of all. An ascending list begins at the end of the index's. */
  async begin() {
    const counting = this.#count();
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

  async #count() {
    const { count, exact } = await countOf(this.query, this.sites, this.signal);
    [this.total, this.exact] = [count, exact];
    if (this.#pages.size > 0) this.onChange();
  }

  /** A row, or `undefined` while it is not here; `need` fetches it. */
  row(number) {
    const index = this.#index(number);
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Forgets every row, so that what is seen is asked for again; rows on their way are not. */
  forget() {
    for (const [page, rows] of this.#pages) if (rows) this.#pages.delete(page);
  }

  /** Fetches the pages of rows that are seen. Only the last wish counts: a page run past is given up. */
  need(first, last) {
    const wanted = new Set([this.#pageOf(first), this.#pageOf(last)].filter((page) => !this.#pages.has(page)));
    clearTimeout(this.#asking);
    if (wanted.size === 0) return;
    this.#asking = setTimeout(() => {
      for (const page of wanted) this.#fetch(page).catch((error) => this.onFailure(error));
    }, this.#pages.size > 0 ? 60 : 0);
  }

  async #fetch(page) {
    if (this.#pages.has(page)) return;
    this.#pages.set(page, null);
    try {
      const answer = await studiesAt(this.query, this.sites, page * PAGE, PAGE, this.signal);
      this.#pages.delete(page);
      this.#pages.set(page, answer.studies);
      while (this.#pages.size > KEPT) this.#pages.delete(this.#pages.keys().next().value);
      this.onChange();
    } catch (error) {
      this.#pages.delete(page);
      throw error;
    }
  }

  #index(number) {
    return this.ascending ? Math.max(0, this.total - 1 - number) : number;
  }

  #pageOf(number) {
    return Math.floor(this.#index(number) / PAGE);
  }
}
