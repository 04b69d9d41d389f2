// The frames of a series as somebody steps through them: which one is shown, and which pictures are wanted for that.

import { getJson, patiently } from './ask.js';
import { Frames, instancesOf } from './frames.js';
import { headerOf, keyImages, shownAs } from './headers.js';
import { DECODED_BYTES, bitmapOf, failureOf, isQuick, unwant, want } from './loader.js';
import { asked, ownWindow } from './windows.js';

const SIZES = [256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];
const LOW = 'viewport=256,256&quality=50';
const LOW_SIZE = 256;
const REST_MS = 140; // Who stays on a frame so long wants it sharp.
const HEADER_MS = 700; // So long the first sharp picture waits to know how large the image is.
const AHEAD = 12;
const BY_TIME = new Set(['US', 'XA', 'RF', 'ES', 'NM', 'IVUS', 'XC']);

export class Stack {
  frames = null;
  index = 0;
  window = null; // Wanted; null is the image's own.
  askedWindow = null; // What the server is asked for.
  own = null;
  side = 0; // The longer side of the image; 0 while nobody knows.
  needed = 512; // Device pixels for the longer side of what is shown.
  perSecond = null;
  isPlaying = false;
  direction = 1;
  isWhole = false; // Whether the list of instances is here.
  #isSideKnown = false;
  #isResting = true;
  #timer = 0;

  /** `changed()` is called whenever something else may have to be shown. `series` is one of the link's, or null. */
  constructor(study, series, changed, signal) {
    Object.assign(this, { study, series, changed, signal });
    this.own = ownWindow(series.modality, null);
    signal.addEventListener('abort', () => {
      clearTimeout(this.#timer);
      unwant(this);
    });
  }

  /** Begins with the instance that the link names, then learns of the others. */
  async open() {
    const { series } = this;
    if (series.kind === 'key_images') return this.#openKeyImages();
    const first = { series: series.uid, uid: series.first.uid, frames: series.first.frames };
    this.frames = new Frames(this.study, [first]);
    this.index = this.#beginning(first.frames);
    this.#learnSize(first, series.first.side);
    this.wants();
    if (series.instances === 1) this.isWhole = true;
    else await this.#learnInstances(first);
    this.wants();
    this.changed();
  }

  async #learnInstances(first) {
    const query = new URLSearchParams({ study: this.study, series: this.series.uid });
    const told = await patiently(() => getJson(`/s/api/series?${query}`, this.signal), this.signal).catch(() => null);
    if (this.signal.aborted || !told) return;
    const frames = new Frames(this.study, instancesOf(this.series.uid, told));
    if (frames.count > 0) {
      this.index = Math.min(this.series.lastIndex ?? Math.max(0, frames.startOf(first.uid)) + this.index, frames.count - 1);
      this.frames = frames;
    }
    this.isWhole = true;
  }

  async #openKeyImages() {
    const selection = { series: this.series.uid, uid: this.series.first.uid, frames: 1 };
    const images = keyImages(await headerOf(this.study, selection, this.signal)).filter(({ series }) => this.series.among.has(series));
    this.frames = new Frames(this.study, images);
    this.isWhole = true;
    if (images.length > 0) this.#learnSize(images[0], 0);
    this.wants();
    this.changed();
  }

  /** Slices begin in the middle of the body, films at their beginning. */
  #beginning(frames) {
    return frames > 1 && !BY_TIME.has(this.series.modality) ? Math.floor(frames / 2) : 0;
  }

  async #learnSize(instance, side) {
    if (side > 0) this.#sizeIs(side);
    const timer = setTimeout(() => this.#sizeIs(this.side), HEADER_MS);
    const shown = shownAs(await headerOf(this.study, instance, this.signal));
    clearTimeout(timer);
    if (this.signal.aborted) return;
    this.own = ownWindow(this.series.modality, shown);
    this.perSecond = shown.perSecond;
    this.#sizeIs(shown.side);
  }

  #sizeIs(side) {
    this.side = side;
    this.#isSideKnown = true;
    this.wants();
    this.changed();
  }

  get count() {
    return this.frames?.count ?? 0;
  }

  /** Goes to a frame; false when it is there already. */
  go(index) {
    const next = Math.min(Math.max(index, 0), this.count - 1);
    if (next === this.index || this.count === 0) return false;
    this.direction = Math.sign(next - this.index);
    this.index = next;
    this.series.lastIndex = next; // Where the series is when it is shown again.
    this.#isResting = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isResting = true;
      this.wants();
      this.changed();
    }, REST_MS);
    this.wants();
    return true;
  }

  get isResting() {
    return this.#isResting;
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
    const how = isSharp || size <= LOW_SIZE ? `viewport=${size},${size}&quality=85` : LOW;
    return `${this.frames.address(index)}?${how}${this.askedWindow ? asked(this.askedWindow) : ''}`;
  }

  /** The best picture of the frame that is here: `{address, bitmap, isSharp}`, or null. */
  best(index = this.index) {
    if (index >= this.count) return null;
    for (const isSharp of [true, false]) {
      const address = this.address(index, isSharp);
      const bitmap = bitmapOf(address);
      if (bitmap) return { address, bitmap, isSharp, window: this.askedWindow };
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
    const isQuick = isQuick_(this);
    const out = [];
    const isSharp = bitmapOf(this.address(index, true));
    if (!isQuick && !isSharp) out.push(this.address(index, false));
    const mayBeSharp = this.#isSideKnown && (this.#isResting || isQuick || this.isPlaying);
    if (mayBeSharp) out.push(this.address(index, true));
    const ahead = this.#around(AHEAD);
    for (const next of ahead) out.push(this.address(next, isQuick && this.#isSideKnown));
    if (mayBeSharp) for (const next of ahead.slice(0, this.isPlaying ? AHEAD : 4)) out.push(this.address(next, true));
    want(this, out);
  }

  /** Frames that are likely next: those ahead, a few behind; no more than there is memory for. */
  #around(most) {
    const room = Math.floor(DECODED_BYTES / 3 / (4 * this.#size * this.#size));
    const ahead = Math.min(most, Math.max(room, 1));
    const out = [];
    for (let by = 1; by <= ahead; by += 1) {
      const next = index_(this, this.index + by * this.direction);
      if (next !== null) out.push(next);
      const before = this.index - by * this.direction;
      if (by <= 2 && ahead > 4 && !this.isPlaying && before >= 0 && before < this.count) out.push(before);
    }
    return out;
  }

  // The loader's side.

  arrived(address) {
    if (this.count > 0 && [true, false].some((sharp) => this.address(this.index, sharp) === address)) this.changed();
  }

  failed(address) {
    this.arrived(address);
  }

  isShowing(address) {
    return this.shown === address;
  }
}

function isQuick_(stack) {
  return isQuick() && stack.needed <= 1600;
}

/** A frame's place; round the end while it plays. */
function index_(stack, index) {
  if (stack.isPlaying && stack.count > 0) return (index + stack.count) % stack.count;
  return index >= 0 && index < stack.count ? index : null;
}
