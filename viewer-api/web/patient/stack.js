// The frames of a series as somebody steps through them: which one is shown, and which pictures are wanted for that.

import { DECODED_BYTES, bitmapOf, failureOf, isQuick, pace_ms, unwant, want } from './loader.js';
import { asked, ownWindow } from './windows.js';

const SIZES = [256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];
const LOW = 'viewport=256,256&quality=50';
const LOW_SIZE = 256;
const REST_MS = 140; // Who stays on a frame so long wants it sharp.
const AHEAD = 12;
const NEAR = 32; // While somebody scrolls, a frame this close may be shown on the way.
const QUICK_PIXELS = 1600; // Above, even a quick server is spared.

export class Stack {
  frames = null;
  index = 0;
  window = null; // Wanted; null is the image's own.
  askedWindow = null; // What the server is asked for.
  side = 0; // The longer side of the image; 0 while nobody knows.
  needed = 512; // Device pixels for the longer side of what is shown.
  perSecond = null;
  shown = null; // The address of the picture on the stage.
  isPlaying = false;
  direction = 1;
  isWhole = false; // Whether the list of instances is here.
  isSizeSettled = false; // Whether the side is known, or was waited for long enough.
  isResting = true;
  #timer = 0;
  #stepped_ms = 0;
  #perStep_ms = 1000; // How long a frame is stayed on, lately.

  /** `changed()` is called whenever something else may have to be shown. */
  constructor(study, series, changed, signal) {
    Object.assign(this, { study, series, changed, signal, own: ownWindow(series.modality, null) });
    signal.addEventListener('abort', () => {
      clearTimeout(this.#timer);
      unwant(this);
    });
  }

  get count() {
    return this.frames?.count ?? 0;
  }

  /** Goes to a frame; false when it is there already. */
  go(index) {
    const next = Math.min(Math.max(index, 0), this.count - 1);
    if (next === this.index || this.count === 0) return false;
    const now_ms = performance.now();
    const each_ms = (now_ms - this.#stepped_ms) / Math.abs(next - this.index);
    this.#perStep_ms = each_ms > 500 ? 1000 : 0.7 * this.#perStep_ms + 0.3 * each_ms;
    this.#stepped_ms = now_ms;
    this.direction = Math.sign(next - this.index);
    this.index = next;
    this.series.lastIndex = next; // Where the series is when it is shown again.
    this.isResting = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isResting = true;
      this.#perStep_ms = 1000;
      this.wants();
      this.changed();
    }, REST_MS);
    this.wants();
    return true;
  }

  /** How many device pixels the longer side of the picture has on the stage. */
  needs(pixels) {
    if (Math.abs(pixels - this.needed) < 1) return;
    this.needed = pixels;
    this.wants();
  }

  /** Asks the server for the window that is wanted, if it can make one. */
  askWindow() {
    this.askedWindow = this.window && this.own.isReal ? this.window : null;
    this.wants();
    this.changed();
  }

  get #size() {
    const size = SIZES.find((candidate) => candidate >= this.needed * 0.85) ?? SIZES[SIZES.length - 1];
    return this.side > 0 && this.side <= size ? this.side : size;
  }

  /** The address of a frame's picture: the sharp one, or the one that stands in for it. */
  address(index, isSharp) {
    const size = this.#size;
    const how = isSharp ? `viewport=${size},${size}&quality=85` : LOW;
    return `${this.frames.address(index)}?${how}${this.askedWindow ? asked(this.askedWindow) : ''}`;
  }

  /** The best picture of a frame that is here: `{index, address, bitmap, isSharp, window}`, or null. */
  best(index = this.index) {
    if (index < 0 || index >= this.count) return null;
    for (const isSharp of [true, false]) {
      const address = this.address(index, isSharp);
      const bitmap = bitmapOf(address);
      if (bitmap) return { index, address, bitmap, isSharp, window: this.askedWindow };
    }
    return null;
  }

  /** The best picture; while somebody scrolls, else of the closest frame on the way. */
  bestOnTheWay() {
    const most = this.isResting || this.isPlaying ? 0 : NEAR;
    for (let by = 0; by <= most; by += 1) {
      const best = this.best(this.index - by * this.direction);
      if (best) return best;
    }
    return null;
  }

  /** Why the frame is not here, or not sharp; undefined while it may just be on its way. */
  get failure() {
    if (this.count === 0) return undefined;
    return failureOf(this.address(this.index, true)) ?? failureOf(this.address(this.index, false));
  }

  /** Tells the loader what is wanted now. */
  wants() {
    if (this.signal.aborted || this.count === 0) return;
    const { index } = this;
    const isSmall = this.#size <= LOW_SIZE;
    const isFast = this.isSizeSettled && (isSmall || (isQuick() && this.needed <= QUICK_PIXELS));
    const mayBeSharp = this.isSizeSettled && (this.isResting || isFast || this.isPlaying);
    const out = [];
    const stride = this.#stride;
    if (stride === 1 || this.#isAligned(index, stride)) {
      if (!isFast && !bitmapOf(this.address(index, true))) out.push(this.address(index, false));
      if (mayBeSharp) out.push(this.address(index, true));
    }
    // nothing is fetched ahead of the very first picture
    const ahead = this.shown || this.failure ? this.#around(stride) : [];
    for (const next of ahead) out.push(this.address(next, isFast));
    if (mayBeSharp && !isFast) for (const next of ahead.slice(0, this.isPlaying ? AHEAD : 4)) out.push(this.address(next, true));
    want(this, out);
  }

  /** Who scrolls faster than pictures come gets every second frame, or every tenth, rather than none in time. */
  get #stride() {
    if (this.isResting || this.isPlaying) return 1;
    const most = Math.min(NEAR / 2, this.count / 20);
    let stride = 1; // A power of two, so that what is on its way stays wanted when it changes.
    while (stride * 1.5 < pace_ms() / this.#perStep_ms && stride * 2 <= most) stride *= 2;
    return stride;
  }

  #isAligned(index, stride) {
    return index % stride === 0 || index === this.count - 1;
  }

  /** Frames that are likely next: those ahead, a few behind; no more than there is memory for. */
  #around(stride) {
    const room = Math.floor(DECODED_BYTES / 3 / (4 * this.#size * this.#size));
    const most = Math.min(AHEAD, Math.max(room, 1));
    const out = [];
    for (let by = 1; out.length < most && by <= AHEAD * stride; by += 1) {
      const next = this.#turned(this.index + by * this.direction);
      if (next !== null && this.#isAligned(next, stride)) out.push(next);
    }
    const behind = this.isPlaying || most < 5 ? 0 : stride * 2;
    for (let by = 1; by <= behind; by += 1) {
      const before = this.index - by * this.direction;
      if (before >= 0 && before < this.count && this.#isAligned(before, stride)) out.push(before);
    }
    return out;
  }

  /** A frame's place; round the end while it plays; null beyond the end. */
  #turned(index) {
    if (this.isPlaying) return (index + this.count) % this.count;
    return index >= 0 && index < this.count ? index : null;
  }

  // The loader's side. Other frames may be shown on the way to the wanted one.

  arrived() {
    this.changed();
  }

  failed(address) {
    if (this.count > 0 && [true, false].some((sharp) => this.address(this.index, sharp) === address)) this.changed();
  }

  /** Tells which picture is on the stage; with the first one, fetching ahead begins. */
  isShown(address) {
    const isFirst = this.shown === null;
    this.shown = address;
    if (isFirst) this.wants();
  }

  isShowing(address) {
    return this.shown === address;
  }
}
