// The worklist: one text, what narrows it, and a list that follows the region without moving under the reader.

import { isAbort, sentenceOf } from './api.js';
import { isAsked, keepAsked, keptAsked, nothingAsked, queryOf, readings } from './asked.js';
import { onMarks, tray } from './compare.js';
import { el, fill, icon, note } from './dom.js';
import { filters } from './filters.js';
import { number, t } from './i18n.js';
import { moves } from './moves.js';
import { news } from './news.js';
import { Pager } from './pager.js';
import { ghostRow, headRow, studyRow } from './row.js';
import { Table } from './table.js';

const TYPING_MS = 120;

// Kept while a study is open, so that going back finds the list as it was.
let kept = { asked: keptAsked(), active: 0, top: 0 };

/** Forgets what was asked and where the reader was. */
export function forgetWorklist() {
  kept = { asked: nothingAsked(), active: 0, top: 0 };
  keepAsked(null);
}

/** The page of the worklist, until the signal. */
export function worklist({ signal }) {
  return new Worklist(signal).element;
}

class Worklist {
  constructor(signal) {
    this.signal = signal;
    this.reading = null;
    this.fresh = 0; // studies that came since the list was drawn
    this.searchBox = el('input', {
      type: 'search', class: 'box', id: 'box', value: kept.asked.text, maxlength: '128', autocomplete: 'off', spellcheck: 'false',
      placeholder: t('boxHint'), 'aria-label': t('boxLabel'), 'aria-describedby': 'read-as', enterkeyhint: 'search',
    });
    this.readAs = el('div', { class: 'read-as', id: 'read-as' });
    this.status = el('p', { class: 'status', role: 'status' });
    this.news = el('button', { type: 'button', class: 'news', hidden: true, on: { click: () => this.ask({ again: false }) } });
    this.clear = el('button', { type: 'button', class: 'quiet', on: { click: () => this.reset() } }, t('clear'));
    this.sort = el('button', { type: 'button', class: 'sort', on: { click: () => this.change({ ascending: !kept.asked.ascending }) } });
    this.table = new Table({
      label: t('worklist'), head: headRow(this.sort), signal, ghost: ghostRow,
      rowAt: (at) => this.rowAt(at), need: (first, last) => this.pager?.need(first, last),
    });
    this.notes = el('div', { class: 'grid-note' });
    this.narrowing = filters({ asked: kept.asked, change: (part) => this.change(part), signal });
    this.element = el(
      'section',
      { class: 'worklist', 'aria-label': t('worklist') },
      this.narrowing.panel,
      el(
        'div',
        { class: 'list-side' },
        el('h1', { class: 'heard' }, t('worklist')),
        this.form(),
        el('div', { class: 'state' }, this.status, this.news, this.clear),
        el('div', { class: 'card grid-card' }, this.table.element, this.notes),
        tray(signal),
      ),
    );
    this.listen();
    this.ask({ again: true });
  }

  form() {
    const submit = (event) => {
      event.preventDefault();
      this.table.element.focus({ preventScroll: true });
    };
    const place = el('span', { class: 'box-place' }, icon('search'), this.searchBox, el('kbd', { 'aria-hidden': 'true' }, '/'));
    return el('form', { class: 'ask', role: 'search', on: { submit } }, place, this.readAs);
  }

  listen() {
    const { signal, table } = this;
    this.searchBox.addEventListener('input', () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.change({ text: this.searchBox.value, reading: '' }), TYPING_MS);
    });
    table.view.addEventListener('scroll', () => { kept.top = table.view.scrollTop; }, { passive: true });
    onMarks(() => table.redraw(), signal);
    signal.addEventListener('abort', () => clearTimeout(this.typing));
    moves(this, { keep: (active) => { kept.active = active; } });
    news(this, signal);
  }

  /** Narrows otherwise; what was in sight stays until the answer is here. */
  change(part) {
    kept.asked = { ...kept.asked, ...part };
    kept.active = 0;
    kept.top = 0;
    keepAsked(kept.asked);
    this.narrowing.show(kept.asked);
    this.ask({ again: false });
  }

  reset() {
    const { ascending } = kept.asked;
    this.searchBox.value = '';
    this.change({ ...nothingAsked(), ascending });
  }

  /** Asks by the first reading of the text that finds anything. */
  async ask({ again }) {
    this.turn?.abort(); // Only the last question counts.
    this.turn = new AbortController();
    const signal = AbortSignal.any([this.signal, this.turn.signal]);
    const possible = readings(kept.asked.text);
    const pinned = possible.filter((reading) => reading.kind === kept.asked.reading);
    this.drawSort();
    this.element.setAttribute('aria-busy', 'true');
    try {
      const tried = pinned.length > 0 ? pinned : possible.length > 0 ? possible : [null];
      for (const reading of tried) {
        const isLast = reading === tried.at(-1);
        const pager = new Pager({
          query: queryOf(kept.asked, reading), sites: kept.asked.sites, ascending: kept.asked.ascending, signal,
          onChange: () => {
            if (this.pager === pager) this.draw();
            else if (pager.total > 0 || isLast) this.show(pager, reading, possible, again);
          },
          onFailure: (error) => this.failed(error),
        });
        await pager.begin();
        if (this.pager === pager) break;
      }
    } catch (error) {
      this.failed(error);
    } finally {
      if (!signal.aborted) this.element.removeAttribute('aria-busy');
    }
  }

  show(pager, reading, possible, again) {
    [this.pager, this.reading, this.fresh] = [pager, reading, 0];
    fill(this.readAs, ...(possible.length > 1 ? [el('span', { class: 'sub' }, t('readAs')), ...possible.map(({ kind }) => el(
      'button',
      { type: 'button', class: 'pick', 'aria-pressed': String(kind === reading?.kind), on: { click: () => this.change({ reading: kind }) } },
      t(`as_${kind}`),
    ))] : []));
    this.table.resize(pager.total ?? 0);
    this.table.active = again ? kept.active : 0;
    this.table.view.scrollTop = 0;
    this.table.redraw();
    this.table.view.scrollTop = again ? kept.top : 0;
    this.draw();
  }

  draw() {
    const { total, exact } = this.pager;
    this.table.resize(total ?? 0);
    this.table.draw();
    const found = exact ? number(total) : `${number(Math.max(total ?? 0, 0))}+`;
    this.status.textContent = total === null ? '' : t(isAsked(kept.asked) ? 'foundCount' : 'allCount', { n: found });
    this.clear.hidden = !isAsked(kept.asked);
    this.news.hidden = this.fresh <= 0;
    this.news.textContent = t('newCount', { n: number(this.fresh) });
    fill(this.notes, total === 0 && (isAsked(kept.asked)
      ? note('empty', t('nothingFound'), t('nothingFoundDetail'), { label: t('clear'), run: () => this.reset() })
      : note('empty', t('noStudies'), t('noStudiesDetail'))));
  }

  /** Asks again for what is in sight, in place. */
  refresh() {
    this.pager?.forget();
    this.table.redraw();
  }

  drawSort() {
    fill(this.sort, t('date'), el('span', { 'aria-hidden': 'true' }, kept.asked.ascending ? ' ▲' : ' ▼'));
    this.sort.setAttribute('aria-label', `${t('date')}: ${t(kept.asked.ascending ? 'oldestFirst' : 'latestFirst')}`);
  }

  failed(error) {
    if (isAbort(error)) return;
    fill(this.notes, note('failed', t('searchFailed'), t(sentenceOf(error)), { label: t('retry'), run: () => this.ask({ again: true }) }));
  }

  rowAt(at) {
    const found = this.pager?.row(at);
    return found ? studyRow(found) : null;
  }
}
