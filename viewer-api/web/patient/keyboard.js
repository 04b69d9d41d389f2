// What the keys do while images are shown.

import { el } from './dom.js';
import { t } from './language.js';
import { presetsOf } from './windows.js';

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
const PANS = { ArrowDown: [0, -40], ArrowUp: [0, 40], ArrowLeft: [40, 0], ArrowRight: [-40, 0] };
const LISTED = [
  ['← → ↑ ↓', 'keyStep'], ['PgUp PgDn Home End', 'keyFar'], ['+ - 0', 'keyZoom'], ['⇧←→↑↓', 'keyPan'], ['1 – 6', 'keyPreset'],
  ['I', 'keyInvert'], ['Space', 'keyPlay'], ['Esc', 'keyBack'],
];

/** Listens until the signal. `act` is the study's; `escape()` goes back by one. */
export function listenToKeys(act, signal) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]')) return;
    const inControl = event.target.closest?.('input, select, textarea, .report');
    if (event.key === 'Escape') act.escape();
    else if (!act.pane() || (inControl && event.key in STEPS)) return;
    else if (!pressed(event, act)) return;
    event.preventDefault();
  }, { signal });
}

function pressed(event, act) {
  const pane = act.pane();
  const { key } = event;
  if (event.shiftKey && key in PANS) pane.pan(...PANS[key]);
  else if (key in STEPS) pane.step(STEPS[key]);
  else if (key === '+' || key === '=') zoom(pane, 1.25);
  else if (key === '-') zoom(pane, 0.8);
  else if (key === '0') pane.showWhole();
  else if (key.toLowerCase() === 'i') pane.invert();
  else if (key === ' ' && !event.target.closest?.('button, a, input')) act.togglePlay();
  else if (/^[1-9]$/.test(key) && presetsOf(pane.series.modality)[key - 1]) pane.usePreset(...presetsOf(pane.series.modality)[key - 1]);
  else return false;
  return true;
}

function zoom(pane, factor) {
  pane.enlarge(factor);
  pane.rested();
}

/** What the keys do, as a list. */
export function keyList() {
  const row = ([keys, key]) => el('div', {}, el('dt', {}, ...keys.split(' ').map((name) => el('kbd', {}, name))), el('dd', {}, t(key)));
  return el('dl', { class: 'keys' }, ...LISTED.map(row));
}
