// A view of one series: what the fingers, the keys and the tools do to it, and drawing it.

import { Place, density, drawOn, wipe } from './drawing.js';
import { listenTo } from './gestures.js';
import { markOnce } from './marks.js';
import { openStack } from './opening.js';
import { fillOnce, paneParts, sentenceFor, writePlace } from './pane-parts.js';
import { Stack } from './stack.js';
import { dragged, filterBetween, levelsBetween, levelsOf, madeWindow } from './windows.js';

const STEP_PX = { least: 4, most: 26 }; // Of a drag, for one frame.
const LATE_MS = 1200; // After that, a picture that has not come is waited for aloud.
const SAME_SHAPE = 0.03;

export class Pane {
  place = new Place();
  isInverted = false;
  preset = 'presetStandard';
  #late = 0;
  #frame = 0;
  #drawn = null; // {index, size, window} of the picture on the canvas

  /** `act`: `mode()` of the pointer, `chosen(pane)` when it is touched, `stepped(pane, by)`, `changed(pane)`. */
  constructor(study, series, act, signal) {
    Object.assign(this, { act, series, stop: new AbortController(), beside: (other) => new Pane(study, other, act, signal) });
    signal.addEventListener('abort', () => this.stop.abort());
    this.signal = this.stop.signal;
    this.stack = new Stack(study, series, () => this.redraw(), this.signal);
    this.parts = paneParts(series, { whole: () => this.showWhole(), step: (by) => this.step(by), stepTo: (index) => this.#stepTo(index) });
    const { element, stage } = this.parts;
    for (const name of ['pointerdown', 'focusin']) element.addEventListener(name, () => act.chosen(this), { capture: true });
    this.#listen(stage);
    const watcher = new ResizeObserver(() => this.#resized());
    watcher.observe(stage);
    this.signal.addEventListener('abort', () => {
      watcher.disconnect();
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#late);
    });
    openStack(this.stack).catch(() => null);
  }

  get element() {
    return this.parts.element;
  }

  #listen(stage) {
    listenTo(stage, {
      mode: () => this.act.mode(),
      stepPixels: () => Math.min(Math.max((1.2 * this.#size.height) / Math.max(this.stack.count, 1), STEP_PX.least), STEP_PX.most),
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
    const { clientWidth, clientHeight } = this.parts.stage;
    return { width: Math.max(clientWidth, 1), height: Math.max(clientHeight, 1) };
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
    this.redraw();
    return this.stack.go(index);
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
    this.parts.stage.focus({ preventScroll: true });
  }

  invert() {
    this.isInverted = !this.isInverted;
    this.redraw();
    this.act.changed(this);
  }

  /** Changes the window by shares of the stage. */
  adjust(across, down) {
    this.stack.window = dragged(this.stack.window ?? this.stack.own, across, down);
    this.redraw();
    if (this.preset === null) return;
    this.preset = null;
    this.act.changed(this);
  }

  /** A preset of the list: a window, a word for one, or null for the image's own. */
  usePreset(key, value) {
    const { stack } = this;
    const best = stack.best();
    this.preset = key;
    if (typeof value !== 'string') stack.window = value;
    else if (value !== 'auto') stack.window = madeWindow(value, stack.own);
    else if (best) stack.window = madeWindow(value, stack.own, best.window ?? stack.own, levelsOf(best.bitmap));
    stack.askWindow();
    this.act.changed(this);
  }

  /** A gesture is over: what it changed is asked for as it should be. */
  rested() {
    if (this.stack.own.isReal && this.stack.askedWindow !== this.stack.window) this.stack.askWindow();
    this.#tellNeeds();
  }

  #resized() {
    this.pan(0, 0);
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
    const { stack, parts } = this;
    const best = stack.bestOnTheWay();
    if (best) this.#drawBest(best);
    const isHere = this.#drawn?.index === stack.index || (best !== null && !stack.isResting);
    const isLost = stack.failure?.kind === 'absent' && !isHere && !best;
    if (isLost) {
      wipe(parts.canvas);
      this.#drawn = null;
    }
    parts.element.classList.toggle('waiting', !isHere && !isLost);
    parts.whole.hidden = this.place.zoom < 1.01;
    parts.canvas.style.filter = this.#filterNow();
    writePlace(parts, stack, best?.index ?? stack.index);
    this.#tell(best, isHere);
  }

  #filterNow() {
    const drawn = this.#drawn?.window ?? this.stack.own;
    return filterBetween(drawn, this.stack.window ?? drawn, this.isInverted);
  }

  /** What the filter makes of each grey level of a picture that the server gives. */
  levels() {
    const given = this.stack.askedWindow ?? this.stack.own;
    return levelsBetween(given, this.stack.window ?? given, this.isInverted);
  }

  #drawBest(best) {
    const { width, height } = best.bitmap;
    const isNewShape = Math.abs(this.#image.width / this.#image.height - width / height) > SAME_SHAPE;
    this.#drawn = { index: best.index, size: { width, height }, window: best.window };
    this.stack.isShown(best.address);
    this.place.hold(this.#size, this.#image);
    drawOn(this.parts.canvas, best.bitmap, this.place, this.#size);
    Object.assign(this.parts.element.dataset, { shown: best.index, sharp: best.isSharp });
    markOnce('first-picture');
    if (best.isSharp) markOnce('first-sharp');
    if (isNewShape) this.#tellNeeds();
  }

  #tell(best, isHere) {
    const { stack, parts } = this;
    const say = () => fillOnce(parts.told, sentenceFor(stack, best, isHere));
    clearTimeout(this.#late);
    if (best?.isSharp || stack.failure) say();
    else this.#late = setTimeout(say, parts.told.textContent ? 0 : LATE_MS);
  }
}
