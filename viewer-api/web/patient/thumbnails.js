// Small pictures, fetched when they come into sight, a few at a time; asked for again while the cause may pass.

import { answered, mayPass, pause, readingOn, waitBefore_ms } from './ask.js';
import { el } from './dom.js';
import { seriesPath } from './frames.js';

const MOST = 3;
const KEPT = 150;
const ATTEMPTS = 8;
const waiting = [];
const kept = new Map(); // address to object URL
let running = 0;

/** A thumbnail of a series; it stays an empty box when there is none. */
export function thumbnail(study, series, signal) {
  const image = el('img', { class: 'thumb', alt: '', draggable: 'false', width: '80', height: '80' });
  const address = `${seriesPath(study, series.uid)}/thumbnail?viewport=160,160`;
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    enqueue(() => show(image, address, signal), signal);
  }, { rootMargin: '200px' });
  watcher.observe(image);
  signal.addEventListener('abort', () => watcher.disconnect());
  return image;
}

async function show(image, address, signal) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      image.src = kept.get(address) ?? keep(address, await get(address, signal));
      image.classList.add('here');
      return;
    } catch (error) {
      if (!mayPass(error)) return;
      await pause(waitBefore_ms(attempt, error), signal);
    }
  }
}

async function get(address, signal) {
  const response = await answered(address, { headers: { Accept: 'image/jpeg' }, signal });
  return readingOn(response.blob());
}

function keep(address, blob) {
  const url = URL.createObjectURL(blob);
  kept.set(address, url);
  if (kept.size > KEPT) {
    const [oldest] = kept.keys();
    URL.revokeObjectURL(kept.get(oldest));
    kept.delete(oldest);
  }
  return url;
}

/** Forgets every thumbnail. */
export function forgetThumbnails() {
  for (const url of kept.values()) URL.revokeObjectURL(url);
  kept.clear();
}

function enqueue(job, signal) {
  waiting.push({ job, signal });
  next();
}

async function next() {
  if (running >= MOST) return;
  const entry = waiting.shift();
  if (!entry) return;
  running += 1;
  if (!entry.signal.aborted) await entry.job().catch(() => null);
  running -= 1;
  next();
}
