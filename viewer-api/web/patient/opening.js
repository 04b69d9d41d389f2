// The beginning of a stack: the instance that the link names at once, then the list of the others, and how large they are.

import { getJson, patiently } from './ask.js';
import { Frames, instancesOf } from './frames.js';
import { headerOf, keyImages, shownAs } from './headers.js';
import { ownWindow } from './windows.js';

const HEADER_MS = 700; // So long the first sharp picture waits to know how large the image is.
const FILMS = new Set(['US', 'XA', 'RF', 'ES', 'NM', 'IVUS', 'XC']);

/** Fills a stack. */
export async function openStack(stack) {
  const { series } = stack;
  if (series.kind === 'key_images') {
    await openKeyImages(stack);
    return;
  }
  const first = { series: series.uid, uid: series.first.uid, frames: series.first.frames };
  stack.frames = new Frames(stack.study, [first]);
  // slices begin in the middle of the body, films at their beginning
  stack.index = first.frames > 1 && !FILMS.has(series.modality) ? Math.floor(first.frames / 2) : 0;
  learnSize(stack, first);
  stack.wants();
  if (series.instances !== 1) await learnInstances(stack, first);
  else if (series.lastIndex !== undefined) stack.index = series.lastIndex;
  stack.isWhole = true;
  stack.wants();
  stack.changed();
}

async function learnInstances(stack, first) {
  const { study, series, signal } = stack;
  const query = new URLSearchParams({ study, series: series.uid });
  const told = await patiently(() => getJson(`/s/api/series?${query}`, signal), signal).catch(() => null);
  if (signal.aborted || !told) return;
  const frames = new Frames(study, instancesOf(series.uid, told));
  if (frames.count === 0) return;
  const begun = Math.max(0, frames.startOf(first.uid)) + stack.index;
  stack.index = Math.min(series.lastIndex ?? begun, frames.count - 1);
  stack.frames = frames;
}

async function openKeyImages(stack) {
  const { study, series, signal } = stack;
  const header = await headerOf(study, { series: series.uid, uid: series.first.uid, frames: 1 }, signal);
  const images = keyImages(header).filter((image) => series.among.has(image.series));
  stack.frames = new Frames(study, images);
  stack.isWhole = true;
  if (images.length > 0) learnSize(stack, images[0]);
  stack.wants();
  stack.changed();
}

async function learnSize(stack, instance) {
  const settled = (side) => {
    Object.assign(stack, { side, isSizeSettled: true });
    stack.wants();
    stack.changed();
  };
  if (stack.series.first.side > 0) settled(stack.series.first.side);
  const timer = setTimeout(() => settled(stack.side), HEADER_MS);
  const shown = shownAs(await headerOf(stack.study, instance, stack.signal));
  clearTimeout(timer);
  if (stack.signal.aborted) return;
  // Images that a doctor chose may be of several kinds; then only what all of them can be shown as is done.
  if (stack.series.kind !== 'key_images') stack.own = ownWindow(stack.series.modality, shown);
  stack.perSecond = shown.perSecond;
  settled(stack.series.kind === 'key_images' ? 0 : shown.side);
}
