// The worklist: one text, what narrows it, and a list that follows the region without moving under the reader.

import { keepAsked, keptAsked, nothingAsked, queryOf, readings } from './asked.js';
import { onMarks, tray } from './compare.js';
import { el, fill, icon } from './dom.js';
import { filters, readAs } from './filters.js';
import { t } from './i18n.js';
import { moves } from './moves.js';
import { Standing, news } from './news.js';
import { Pager } from './pager.js';
import { drawSort, ghostRow, headRow, studyRow } from './row.js';
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
    this.isBehind = true; // What is asked by now has another list, and that is not here.
    this.searchBox = el('input', {
      type: 'search', class: 'box', id: 'box', value: kept.asked.text, maxlength: '128', autocomplete: 'off', spellcheck: 'false',
      placeholder: t('boxHint'), 'aria-label': t('boxLabel'), 'aria-describedby': 'read-as', enterkeyhint: 'search',
    });
    this.readAs = el('div', { class: 'read-as', id: 'read-as' });
    this.standing = new Standing(this, { asked: () => kept.asked, signal });
    this.sort = el('button', { type: 'button', class: 'sort', on: { click: () => this.change({ ascending: !kept.asked.ascending }) } });
    this.table = new Table({
      label: t('worklist'), head: headRow(this.sort), signal, ghost: ghostRow,
      rowAt: (at) => this.pager?.row(at) && studyRow(this.pager.row(at)), need: (first, last) => this.pager?.need(first, last),
    });
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
        ...this.standing.elements,
        el('div', { class: 'card grid-card' }, this.table.element, this.standing.notes),
        tray(signal),
      ),
    );
    this.listen();
    this.ask({ again: true });
  }

  form() {
    const submit = (event) => {
      event.preventDefault();
      if (this.typing) this.change({});
      this.table.element.focus({ preventScroll: true });
    };
    const place = el('span', { class: 'box-place' }, icon('search'), this.searchBox, el('kbd', { 'aria-hidden': 'true' }, '/'));
    return el('form', { class: 'ask', role: 'search', on: { submit } }, place, this.readAs);
  }

  listen() {
    const { signal, table } = this;
    this.searchBox.addEventListener('input', () => {
      this.keep({ text: this.searchBox.value, reading: '' });
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.change({}), TYPING_MS);
    });
    table.view.addEventListener('scroll', () => { kept.top = table.view.scrollTop; }, { passive: true });
    onMarks(() => table.redraw(), signal);
    signal.addEventListener('abort', () => clearTimeout(this.typing));
    moves(this, { keep: (active) => { kept.active = active; } });
    news(this, signal);
  }

  /** Keeps what is asked by now. Until its list is here, no key does anything with a row of the list before. */
  keep(part) {
    kept = { asked: { ...kept.asked, ...part }, active: 0, top: 0 };
    keepAsked(kept.asked);
    this.isBehind = true;
    this.turn?.abort(); // Only the last question counts.
    this.element.setAttribute('aria-busy', 'true');
  }

  /** Narrows otherwise; what was in sight stays until the answer is here. */
  change(part) {
    this.keep(part);
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
    this.turn?.abort();
    this.turn = new AbortController();
    const signal = AbortSignal.any([this.signal, this.turn.signal]);
    const possible = readings(kept.asked.text);
    const pinned = possible.filter((reading) => reading.kind === kept.asked.reading);
    const tried = pinned.length > 0 ? pinned : possible.length > 0 ? possible : [null];
    this.begin();
    try {
      let first = null;
      for (const reading of tried) {
        const show = (pager) => this.show(pager, reading, possible, again);
        const pager = this.pagerOf(reading, signal, show);
        await pager.begin();
        if (this.pager === pager) return;
        first ??= () => show(pager);
      }
      if (!signal.aborted) first(); // Nothing is found however it is read.
    } catch (error) {
      if (!signal.aborted) this.failed(error);
    } finally {
      if (!signal.aborted) {
        this.element.removeAttribute('aria-busy');
        this.standing.end();
      }
    }
  }

  pagerOf(reading, signal, show) {
    const { sites, ascending } = kept.asked;
    const pager = new Pager({
      query: queryOf(kept.asked, reading), sites, ascending, signal,
      onChange: () => {
        if (signal.aborted) return;
        if (this.pager === pager) this.draw();
        else if (pager.total > 0) show(pager);
      },
      onFailure: (error) => !signal.aborted && this.failed(error),
    });
    return pager;
  }

  begin() {
    clearTimeout(this.typing);
    this.typing = null;
    drawSort(this.sort, kept.asked.ascending);
    this.element.setAttribute('aria-busy', 'true');
    this.standing.begin();
  }

  show(pager, reading, possible, again) {
    [this.pager, this.isBehind] = [pager, false];
    this.standing.show();
    fill(this.readAs, ...readAs(possible, reading, (part) => this.change(part)));
    this.table.resize(pager.total ?? 0);
    this.table.active = again ? kept.active : 0;
    this.table.view.scrollTop = 0;
    this.table.redraw();
    this.table.view.scrollTop = again ? kept.top : 0;
    this.draw();
  }

  draw() {
    if (!this.pager) return;
    const { total, ascending } = this.pager;
    const isShifted = ascending && this.table.total !== (total ?? 0); // Its rows are numbered from the end.
    this.table.resize(total ?? 0);
    if (isShifted) this.table.redraw();
    else this.table.draw();
    this.standing.draw();
  }

  failed(error) {
    if (this.isBehind) {
      // What was found before is no answer to what is asked by now.
      this.pager = null;
      this.table.resize(0);
      this.table.redraw();
      fill(this.readAs);
    }
    this.standing.failed(error);
  }
}
