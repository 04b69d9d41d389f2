// The large picture of a series, stepped through by buttons, slider, keys, wheel and swipe.

import { isAbort, sentenceOf } from './api.js';
import { el, fill, icon, note } from './dom.js';
import { number, t } from './i18n.js';
import { onKeys } from './keys.js';
import { onRegion } from './region.js';
import { fetchAhead, picture, sizeFor } from './steps.js';

const WAIT_MS = 40; // A quick run through the slices fetches only where it rests.
const SWIPE = 18; // Pixels of a swipe, and of the wheel, for one step.
const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
const WINDOWS = { windowLung: '-600,1500', windowBone: '450,1800', windowBrain: '40,80', windowAbdomen: '50,400' };

/** A stage over steps (addresses of rendered pictures). `isAway` tells whether every holder is disconnected. */
export function stage({ steps, modality, label, isAway, signal }) {
  const at = { index: Math.floor((steps.length - 1) / 2), window: '', turn: null, timer: 0, refused: null };
  const image = el('img', { class: 'picture', alt: '', draggable: 'false' });
  const message = el('div', { class: 'stage-message' });
  const count = el('span', { class: 'count' });
  const screen = el(
    'div',
    { class: 'screen', tabindex: '0', role: 'group', 'aria-label': `${label}. ${t('stageHelp')}` },
    image,
    message,
    el('span', { class: 'corner top-left' }, label),
    el('span', { class: 'corner bottom-left' }, t('notForDiagnosis')),
    el('span', { class: 'corner top-right', 'aria-hidden': 'true' }, count),
  );
  const slider = el('input', { type: 'range', class: 'slider', min: '1', max: String(steps.length), 'aria-label': t('image') });
  const go = (index) => {
    const next = Math.min(Math.max(index, 0), steps.length - 1);
    if (next === at.index) return;
    at.index = next;
    show();
  };
  const view = { steps, at, image, message, count, screen, slider, label, isAway, signal };
  const show = () => draw(view);
  slider.addEventListener('input', () => go(Number(slider.value) - 1));
  listen(screen, at, go);
  keys(at, go, signal);
  onRegion(() => at.refused?.(), signal);
  const windows = modality === 'CT' ? windowSelect((value) => { at.window = value; show(); }) : null;
  const controls = el(
    'div',
    { class: 'controls' },
    stepButton('back', t('previous'), () => go(at.index - 1)),
    slider,
    stepButton('next', t('next'), () => go(at.index + 1)),
    windows,
  );
  controls.classList.toggle('single', steps.length < 2);
  requestAnimationFrame(show); // Its size is known only on the page.
  return el('div', { class: 'stage' }, screen, steps.length > 1 || windows ? controls : null);
}

function draw(view) {
  const { steps, at, image, message, count, screen, slider, label, isAway, signal } = view;
  const position = { n: number(at.index + 1), total: number(steps.length) };
  count.textContent = `${position.n} / ${position.total}`;
  slider.value = String(at.index + 1);
  slider.setAttribute('aria-valuetext', t('imageOf', position));
  at.turn?.abort();
  at.turn = new AbortController();
  at.refused = null;
  const both = AbortSignal.any([signal, at.turn.signal]);
  clearTimeout(at.timer);
  screen.classList.add('waiting');
  const size = sizeFor(screen);
  const address = (index) => `${steps[index]}?viewport=${size},${size}${at.window ? `&window=${at.window},linear` : ''}`;
  at.timer = setTimeout(async () => {
    try {
      image.src = await picture(address(at.index), both);
      image.alt = `${label}, ${t('imageOf', position)}`;
      image.hidden = false;
      fill(message);
      const ahead = [1, 2, -1, 3].map((by) => at.index + by).filter((index) => index >= 0 && index < steps.length);
      fetchAhead(ahead.map(address), both);
    } catch (error) {
      if (isAbort(error)) return;
      image.hidden = true;
      showRefused(view, error);
    }
    screen.classList.remove('waiting');
  }, WAIT_MS);
}

/** Why there is no picture. Whether its hospital is away may become known only later; when it is back, it is asked again. */
function showRefused(view, error) {
  let away = view.isAway();
  fill(view.message, refused(error, away, () => draw(view)));
  view.at.refused = () => {
    if (view.isAway() === away) return;
    away = !away;
    if (away) fill(view.message, refused(error, away, () => draw(view)));
    else draw(view);
  };
}

function refused(error, away, run) {
  const again = { label: t('retry'), run };
  const isPassing = error.kind === 'unavailable' || error.kind === 'other';
  if (away && isPassing) return note('failed', t('pictureOffline'), t('pictureOfflineDetail'), again);
  if (error.kind === 'unsupported') return note('empty', t('noPreview'));
  return note('failed', t('pictureFailed'), t(sentenceOf(error)), again);
}

/** Steps wherever the focus is; the slider has keys of its own. */
function keys(at, go, signal) {
  const step = (by) => (event) => (event.target.matches?.('.slider') ? false : go(at.index + by));
  onKeys(Object.fromEntries(Object.entries(KEYS).map(([key, by]) => [key, step(by)])), signal);
}

function listen(screen, at, go) {
  let rest = 0;
  let from = null;
  screen.addEventListener('wheel', (event) => {
    if (event.ctrlKey) return; // The browser's zoom.
    event.preventDefault();
    rest += event.deltaMode === 0 ? event.deltaY : Math.sign(event.deltaY) * SWIPE;
    const by = Math.trunc(rest / SWIPE);
    rest -= by * SWIPE;
    if (by !== 0) go(at.index + Math.sign(by));
  }, { passive: false });
  screen.addEventListener('pointerdown', (event) => { from = event.clientX; });
  screen.addEventListener('pointermove', (event) => {
    if (from === null || event.buttons === 0) return;
    const by = Math.trunc((event.clientX - from) / SWIPE);
    if (by === 0) return;
    from += by * SWIPE;
    go(at.index + by);
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) screen.addEventListener(end, () => { from = null; });
}

function stepButton(name, label, click) {
  return el('button', { type: 'button', class: 'step', 'aria-label': label, on: { click } }, icon(name));
}

function windowSelect(onChange) {
  const select = el(
    'select',
    {},
    el('option', { value: '' }, t('windowOwn')),
    ...Object.entries(WINDOWS).map(([key, value]) => el('option', { value }, t(key))),
  );
  select.addEventListener('change', () => onChange(select.value));
  return el('label', { class: 'window' }, el('span', {}, t('window')), select);
}
