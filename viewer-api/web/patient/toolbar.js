// The tools below the images, and the presets that come up with one of them.

import { el, fill } from './dom.js';
import { drawing } from './icons.js';
import { t } from './language.js';
import { presetsOf } from './windows.js';

const MODES = ['browse', 'move', 'contrast'];

/** The tools. `act`: `mode()`, `useMode(mode)`, `pane()`, `togglePlay()`, `isPlaying()`, `toggleCompare()`, `isComparing()`,
    `canCompare()`, `isTogether()`, `toggleTogether()`. `draw()` shows how things are. */
export function toolbar(act) {
  const tool = (name, run, isToggle = true) => {
    const button = el('button', { type: 'button', class: 'tool', 'aria-pressed': isToggle ? 'false' : null, on: { click: run } });
    return { button, show: (icon, key, isOn) => {
      fill(button, drawing(icon), el('span', {}, t(key)));
      if (isToggle) button.setAttribute('aria-pressed', String(Boolean(isOn)));
      button.dataset.tool = name;
    } };
  };
  const modes = MODES.map((mode) => tool(mode, () => act.useMode(act.mode() === mode ? 'browse' : mode)));
  const invert = tool('invert', () => act.pane()?.invert());
  const play = tool('play', act.togglePlay);
  const compare = tool('compare', act.toggleCompare);
  const extras = el('div', { class: 'extras', role: 'group', 'aria-label': t('presets') });
  const element = el(
    'div',
    { class: 'tools-place' },
    extras,
    el('div', { class: 'tools', role: 'group', 'aria-label': t('tools') }, ...[...modes, invert, play, compare].map(({ button }) => button)),
  );
  const draw = () => {
    modes.forEach(({ show }, i) => show(MODES[i], MODES[i], act.mode() === MODES[i]));
    invert.show('invert', 'invert', act.pane()?.isInverted);
    play.show(act.isPlaying() ? 'pause' : 'play', act.isPlaying() ? 'pausePlay' : 'play', act.isPlaying());
    play.button.disabled = !act.pane() || (act.pane().stack.isWhole && act.pane().stack.count < 2);
    compare.show('compare', 'compare', act.isComparing());
    compare.button.hidden = !act.canCompare();
    keepingFocus(extras, () => fill(extras, ...extrasOf(act)));
  };
  return { element, draw };
}

/** Redraws without losing where the keyboard is. */
function keepingFocus(place, redraw) {
  const at = [...place.querySelectorAll('button')].indexOf(document.activeElement);
  redraw();
  if (at >= 0) place.querySelectorAll('button')[at]?.focus({ preventScroll: true });
}

function extrasOf(act) {
  const pane = act.pane();
  if (!pane) return [];
  if (act.mode() === 'contrast') {
    const presets = presetsOf(pane.series.modality).map(([key, value]) => chip(t(key), () => pane.usePreset(key, value), pane.preset === key));
    return [...presets, chip(t('brighter'), () => nudge(pane, -0.05)), chip(t('darker'), () => nudge(pane, 0.05)), ...strength(pane)];
  }
  if (act.mode() === 'move') {
    return [chip(t('zoomIn'), () => enlarge(pane, 1.5)), chip(t('zoomOut'), () => enlarge(pane, 1 / 1.5)), chip(t('fit'), () => pane.showWhole())];
  }
  if (act.isComparing()) return [chip(t('together'), act.toggleTogether, act.isTogether()), hint(t('compareHint'))];
  return [];
}

/** Where the presets do not say so themselves. */
function strength(pane) {
  if (presetsOf(pane.series.modality).some(([key]) => key === 'presetNarrow')) return [];
  const change = (by) => () => {
    pane.adjust(by, 0);
    pane.rested();
  };
  return [chip(t('presetNarrow'), change(-0.15)), chip(t('presetWide'), change(0.15))];
}

function nudge(pane, down) {
  pane.adjust(0, down);
  pane.rested();
}

function enlarge(pane, factor) {
  pane.enlarge(factor);
  pane.rested();
}

function chip(label, click, isOn) {
  return el('button', { type: 'button', class: 'chip', 'aria-pressed': isOn === undefined ? null : String(isOn), on: { click } }, label);
}

function hint(text) {
  return el('p', { class: 'hint' }, text);
}
