// A list of a hundred thousand rows of which only those in sight are in the document (ARIA grid, rows counted in full).

import { el } from './dom.js';

const OVERSCAN = 6;
/** Browsers lay out no longer element than this. */
const MAX_HEIGHT = 15_000_000;

/**
 * The list. `rowAt(number)` gives the element of a row or nothing while it is not here, `ghost()` what stands in its place,
 * `need(first, last)` is told what is seen, `open(number)` is called for a click or Enter.
 */
export class Table {
  constructor({ label, head, rowAt, ghost, need, signal }) {
    Object.assign(this, { rowAt, ghost, need });
    this.total = 0;
    this.active = 0;
    this.shown = new Map(); // number to element
    this.space = el('div', { class: 'grid-space', role: 'rowgroup' });
    this.view = el('div', { class: 'grid-view' }, this.space);
    this.element = el(
      'div',
      { class: 'grid', role: 'grid', tabindex: '0', id: 'list', 'aria-label': label, 'aria-readonly': 'true' },
      el('div', { class: 'grid-head', role: 'rowgroup' }, head),
      this.view,
    );
    this.view.addEventListener('scroll', () => this.#soon(), { passive: true });
    const resized = new ResizeObserver(() => this.redraw());
    resized.observe(this.view);
    signal.addEventListener('abort', () => resized.disconnect());
  }

  /** Height of one row in pixels, as the style says. */
  get rowHeight() {
    return Number.parseInt(getComputedStyle(this.element).getPropertyValue('--row'), 10) || 56;
  }

  /** Another number of rows. */
  resize(total) {
    this.total = Math.min(total, Math.floor(MAX_HEIGHT / this.rowHeight));
    this.element.setAttribute('aria-rowcount', String(this.total + 1));
    this.active = Math.min(this.active, Math.max(0, this.total - 1));
  }

  /** Draws again everything in sight. */
  redraw() {
    for (const element of this.shown.values()) element.remove();
    this.shown.clear();
    this.draw();
  }

  /** Draws again those of some studies, where they stand. */
  renew(uids) {
    for (const element of this.shown.values()) if (uids.includes(element.dataset.uid)) element.isHere = false;
    this.draw();
  }

  /** The first and the last row in sight. */
  get sight() {
    return [Math.min(...this.shown.keys()), Math.max(...this.shown.keys())];
  }

  /** Draws what came into sight and takes away what left it. */
  draw() {
    const height = this.rowHeight;
    this.space.style.height = `${this.total * height}px`;
    const first = Math.max(0, Math.floor(this.view.scrollTop / height) - OVERSCAN);
    const last = Math.min(this.total - 1, Math.ceil((this.view.scrollTop + this.view.clientHeight) / height) + OVERSCAN);
    for (const [number, element] of this.shown) {
      if (number >= first && number <= last && element.isHere) continue;
      element.remove();
      this.shown.delete(number);
    }
    for (let number = first; number <= last; number += 1) if (!this.shown.has(number)) this.#put(number, height);
    this.#mark();
    if (this.total > 0) this.need(first, last);
  }

  #put(number, height) {
    const found = this.rowAt(number);
    const element = found ?? this.ghost();
    element.isHere = Boolean(found);
    element.style.transform = `translateY(${number * height}px)`;
    element.setAttribute('role', 'row');
    element.setAttribute('aria-rowindex', String(number + 2));
    element.id = `row-${number}`;
    element.dataset.number = String(number);
    this.shown.set(number, element);
    // In order, for those who read the document and not the picture.
    const next = [...this.space.children].find((other) => Number(other.dataset.number) > number);
    this.space.insertBefore(element, next ?? null);
  }

  #mark() {
    for (const [number, element] of this.shown) element.setAttribute('aria-selected', String(number === this.active));
    const there = this.shown.has(this.active);
    if (there) this.element.setAttribute('aria-activedescendant', `row-${this.active}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  /** Makes a row the active one and brings it into sight. */
  go(number) {
    if (this.total === 0) return;
    this.active = Math.min(Math.max(number, 0), this.total - 1);
    const [height, top] = [this.rowHeight, this.active * this.rowHeight];
    if (top < this.view.scrollTop) this.view.scrollTop = top;
    else if (top + height > this.view.scrollTop + this.view.clientHeight) this.view.scrollTop = top + height - this.view.clientHeight;
    this.draw();
  }

  /** Rows that fit into sight. */
  get page() {
    return Math.max(1, Math.floor(this.view.clientHeight / this.rowHeight) - 1);
  }

  #soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }
}
