// A view of one series: the stage with its picture, and the slider below it.

import { isNetworkAway } from './ask.js';
import { el, fill } from './dom.js';
import { Place, density, drawOn, wipe } from './drawing.js';
import { listenTo } from './gestures.js';
import { drawing } from './icons.js';
import { number, t } from './language.js';
import { seriesName } from './series-name.js';
import { Stack } from './stack.js';
import { dragged, filterBetween, levelsOf, madeWindow } from './windows.js';

const STEP_PX = { least: 4, most: 26 }; // Of a drag, for one frame.
const LATE_MS = 1200; // After that, a picture that has not come is waited for aloud.

export class Pane {
  place = new Place();
  isInverted = false;
  preset = 'presetStandard';
  #late = 0;
  #frame = 0;
  #drawn = null; // {index, address, bitmap size, window}

  /** `act`: `mode()` of the pointer, `chosen(pane)` when it is touched, `stepped(pane, by)`, `changed(pane)`. */
  constructor(study, series, act, signal) {
    this.stop = new AbortController();
    signal.addEventListener('abort', () => this.stop.abort());
    this.signal = this.stop.signal;
    Object.assign(this, { act, beside: (other) => new Pane(study, other, act, signal) });
    this.series = series;
    this.stack = new Stack(study, series, () => this.redraw(), this.signal);
    this.element = this.#build();
    const watcher = new ResizeObserver(() => this.#resized());
    watcher.observe(this.stage);
    this.signal.addEventListener('abort', () => {
      watcher.disconnect();
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#late);
    });
    this.stack.open().catch(() => null);
  }

  #build() {
    const name = seriesName(this.series);
    this.canvas = el('canvas', { role: 'img', 'aria-label': name });
    this.told = el('p', { class: 'told', role: 'status' });
    this.count = el('span', { class: 'count', 'aria-hidden': 'true' });
    this.whole = el('button', { type: 'button', class: 'whole', hidden: true, on: { click: () => this.showWhole() } }, drawing('whole'), t('fit'));
    this.stage = el(
      'div',
      { class: 'stage', tabindex: '0', role: 'group', 'aria-label': t('imagesOf', { name }), 'aria-description': t('stageHelp') },
      this.canvas,
      el('span', { class: 'label', 'aria-hidden': 'true' }, name),
      this.count,
      this.told,
      this.whole,
    );
    this.slider = el('input', { type: 'range', min: '1', max: '1', value: '1', 'aria-label': `${t('image')} (${name})` });
    this.slider.addEventListener('input', () => this.#stepTo(Number(this.slider.value) - 1));
    const step = (icon, label, by) => el('button', { type: 'button', class: 'step', 'aria-label': t(label), on: { click: () => this.step(by) } }, drawing(icon));
    this.slide = el('div', { class: 'slide', hidden: true }, step('back', 'previousImage', -1), this.slider, step('next', 'nextImage', 1));
    const element = el('section', { class: 'pane', 'aria-label': name }, this.stage, this.slide);
    element.addEventListener('pointerdown', () => this.act.chosen(this), { capture: true });
    element.addEventListener('focusin', () => this.act.chosen(this));
    this.#listen();
    return element;
  }

  #listen() {
    listenTo(this.stage, {
      mode: () => this.act.mode(),
      stepPixels: () => Math.min(Math.max(1.2 * this.stage.clientHeight / Math.max(this.stack.count, 1), STEP_PX.least), STEP_PX.most),
      step: (by) => this.step(by),
      zoom: (factor, x, y) => this.enlarge(factor, x, y),
      pan: (dx, dy) => this.pan(dx, dy),
      contrast: (dx, dy) => this.adjust(dx / this.#size.width, -dy / this.#size.height),
      tap: (x, y) => this.act.mode() === 'move' && this.pan(this.#size.width / 2 - x, this.#size.height / 2 - y),
      doubleTap: (x, y) => (this.place.zoom > 1.01 ? this.showWhole() : this.enlarge(2.5, x, y)),
      rest: () => this.rested(),
    }, this.signal);
  }

  get #size() {
    return { width: Math.max(this.stage.clientWidth, 1), height: Math.max(this.stage.clientHeight, 1) };
  }

  get #image() {
    return this.#drawn?.size ?? { width: 1, height: 1 };
  }

  /** Steps by frames; the act says who else steps along. */
  step(by) {
    this.#stepTo(this.stack.index + by);
  }

  #stepTo(index) {
    const before = this.stack.index;
    if (this.goTo(index)) this.act.stepped(this, this.stack.index - before);
  }

  goTo(index) {
    const has = this.stack.go(index);
    if (has) this.redraw();
    return has;
  }

  enlarge(factor, x = this.#size.width / 2, y = this.#size.height / 2) {
    this.place.enlarge(factor, x, y, this.#size, this.#image);
    this.redraw();
  }

  pan(dx, dy) {
    this.place.move(dx, dy, this.#size, this.#image);
    this.redraw();
  }

  showWhole() {
    this.place.whole();
    this.redraw();
    this.rested();
    this.stage.focus({ preventScroll: true });
  }

  invert() {
    this.isInverted = !this.isInverted;
    this.redraw();
    this.act.changed(this);
  }

  /** Changes the window by shares of the stage. */
  adjust(across, down) {
    this.stack.window = dragged(this.stack.window ?? this.stack.own, across, down);
    this.preset = null;
    this.redraw();
    this.act.changed(this);
  }

  /** A preset of the list: a window, a word for one, or null for the image's own. */
  usePreset(key, value) {
    const { stack } = this;
    const shown = this.stack.best();
    this.preset = key;
    if (typeof value !== 'string') stack.window = value;
    else if (shown || value !== 'auto') stack.window = madeWindow(value, stack.own, shown?.window ?? stack.own, shown && value === 'auto' ? levelsOf(shown.bitmap) : {});
    stack.askWindow();
    this.act.changed(this);
  }

  /** A gesture is over: what it changed is asked for as it should be. */
  rested() {
    if (this.stack.askedWindow !== this.stack.window) this.stack.askWindow();
    this.#tellNeeds();
  }

  #resized() {
    this.place.hold(this.#size, this.#image);
    this.redraw();
    this.#tellNeeds();
  }

  /** The picture's longer side in device pixels: of a square one while nobody knows its shape. */
  #tellNeeds() {
    const { width, height } = this.place.sizeOn(this.#size, this.#image);
    this.stack.needs(Math.max(width, height) * density(this.#size));
  }

  redraw() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    if (this.signal.aborted) return;
    const { stack } = this;
    const best = stack.best();
    if (best) this.#drawBest(best);
    const isHere = this.#drawn?.index === stack.index;
    this.#drawAgain(best, isHere);
    this.canvas.style.filter = stack.window ? filterBetween(this.#drawn?.window ?? stack.own, stack.window, this.isInverted) : this.isInverted ? 'invert(1)' : '';
    this.#tell(best, isHere);
  }

  #drawBest(best) {
    const isNewShape = !this.#drawn || Math.abs(this.#image.width / this.#image.height - best.bitmap.width / best.bitmap.height) > 0.03;
    this.#drawn = { index: this.stack.index, size: { width: best.bitmap.width, height: best.bitmap.height }, window: best.window };
    this.stack.shown = best.address;
    this.place.hold(this.#size, this.#image);
    drawOn(this.canvas, best.bitmap, this.place, this.#size);
    Object.assign(this.element.dataset, { shown: this.stack.index, sharp: best.isSharp });
    markOnce('first-picture');
    if (best.isSharp) markOnce('first-sharp');
    if (isNewShape) this.#tellNeeds();
  }

  #drawAgain(best, isHere) {
    const isLost = this.stack.failure?.kind === 'absent' && !isHere && !best;
    if (isLost) {
      wipe(this.canvas);
      this.#drawn = null;
    }
    this.element.classList.toggle('waiting', !isHere && !isLost);
  }

  #tell(best, isHere) {
    const { stack } = this;
    const position = { n: number(stack.index + 1), total: number(stack.count) };
    this.count.textContent = stack.isWhole && stack.count > 1 ? `${position.n} / ${position.total}` : '';
    this.whole.hidden = this.place.zoom < 1.01;
    this.slide.hidden = !(stack.isWhole && stack.count > 1);
    this.slider.max = String(Math.max(stack.count, 1));
    this.slider.value = String(stack.index + 1);
    this.slider.setAttribute('aria-valuetext', t('imageOf', position));
    if (stack.isResting) this.canvas.setAttribute('aria-label', `${seriesName(this.series)}, ${t('imageOf', position)}`);
    clearTimeout(this.#late);
    const say = () => fillOnce(this.told, sentenceFor(stack, best, isHere));
    if (best?.isSharp || stack.failure) say();
    else this.#late = setTimeout(say, this.told.textContent ? 0 : LATE_MS);
  }
}

function sentenceFor(stack, best, isHere) {
  if (stack.isWhole && stack.count === 0) return t('nothingHere');
  if (best?.isSharp) return '';
  const kind = stack.failure?.kind;
  if (kind === 'absent') return best || isHere ? '' : t('cannotBeShown');
  if (kind === 'unavailable') return t('notAvailable');
  if (kind === 'offline' || isNetworkAway()) return t('waitingNetwork');
  return t('loading');
}

function fillOnce(element, text) {
  if (element.textContent !== text) fill(element, text);
}

function markOnce(name) {
  if (performance.getEntriesByName(name).length === 0) performance.mark(name);
}
