// The pictures of a series in order, and those already fetched.

import { getPicture, isAbort } from './api.js';
import { TAG, integer, path, text } from './dicom.js';

/** Pictures kept; a frame of 1024 pixels is about 150 KB. */
const KEPT = 120;
/** Frames of one instance that can be stepped through; slides have a hundred thousand tiles. */
const MAX_FRAMES = 2000;
const SIZES = [512, 768, 1024, 1536, 2048];

/** One step for each frame of each instance, ordered by instance number. A slide is one step for each of its levels. */
export function stepsOf(study, series, modality, instances) {
  const ordered = instances
    .map((row) => ({
      uid: text(row, TAG.sopInstance),
      number: integer(row, TAG.instanceNumber, Number.MAX_SAFE_INTEGER),
      frames: Math.min(Math.max(integer(row, TAG.frames, 1), 1), MAX_FRAMES),
      rows: integer(row, TAG.rows),
    }))
    .filter((instance) => instance.uid)
    .sort((a, b) => a.number - b.number);
  // A series may hold objects without pixels beside its images.
  const images = ordered.some((instance) => instance.rows > 0) ? ordered.filter((i) => i.rows > 0) : ordered;
  return images.flatMap((instance) => {
    const base = path(study, series, instance.uid);
    if (instance.frames === 1 || modality === 'SM') return [`${base}/rendered`];
    return Array.from({ length: instance.frames }, (_, i) => `${base}/frames/${i + 1}/rendered`);
  });
}

/** Columns and rows to ask for: few different ones, so that pictures can be kept. */
export function sizeFor(element) {
  const wanted = Math.max(element.clientWidth, element.clientHeight) * Math.min(window.devicePixelRatio || 1, 2);
  return SIZES.find((size) => size >= wanted) ?? SIZES[SIZES.length - 1];
}

const kept = new Map(); // address to object URL, the least lately used first

/** An object URL of a picture. */
export async function picture(address, signal) {
  const known = kept.get(address);
  if (known) {
    kept.delete(address);
    kept.set(address, known);
    return known;
  }
  const url = URL.createObjectURL(await getPicture(address, signal));
  if (kept.has(address)) URL.revokeObjectURL(kept.get(address));
  kept.set(address, url);
  while (kept.size > KEPT) forget(kept.keys().next().value);
  return url;
}

/** Fetches pictures that are likely next; whether it works is not asked. */
export async function fetchAhead(addresses, signal) {
  for (const address of addresses.filter((candidate) => !kept.has(candidate))) {
    try {
      await picture(address, signal);
    } catch (error) {
      if (isAbort(error) || error.kind !== 'unsupported') return;
    }
  }
}

/** Forgets every picture. */
export function forgetPictures() {
  for (const address of [...kept.keys()]) forget(address);
}

function forget(address) {
  URL.revokeObjectURL(kept.get(address));
  kept.delete(address);
}
