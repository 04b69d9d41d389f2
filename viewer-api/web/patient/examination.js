// A study: its series, one or two views of them, the tools.

import { isNetworkAway, news } from './ask.js';
import { documentView } from './documents.js';
import { el, fill } from './dom.js';
import { drawing } from './icons.js';
import { listenToKeys } from './keyboard.js';
import { day, t } from './language.js';
import { isAvailable } from './link.js';
import { openMore } from './more.js';
import { Pane } from './pane.js';
import { play } from './playing.js';
import { rail } from './rail.js';
import { inOrder, studyName } from './series-name.js';
import { toolbar } from './toolbar.js';

const AGAIN_MS = 5000;

/** The view of a study. `go`: `home()` or null, `again()` draws everything anew, `who` is the patient's name. */
export function studyView({ link, study, go, who, notice, signal }) {
  const state = { panes: [], active: null, mode: 'browse', playing: null, isTogether: true, paper: null };
  const places = el('div', { class: 'panes' });
  const act = actions(state, places, study, go, signal);
  const tools = toolbar(act);
  const series = rail(study, (chosen) => act.show(chosen), signal);
  act.draw = () => draw(state, tools, series);
  const openSheet = () => openMore({ link, study, pane: act.pane(), go, signal });
  const element = el(
    'div',
    { class: 'study' },
    el(
      'header',
      { class: 'study-bar' },
      barButton('back', go.home),
      el(
        'div',
        { class: 'study-title' },
        el('h1', { tabindex: '-1' }, studyName(study)),
        el('p', {}, [who, day(study.date), study.hospital].filter(Boolean).join(' · ')),
      ),
      barButton('more', openSheet, { 'aria-haspopup': 'dialog' }),
    ),
    network(study, signal),
    el('main', { class: 'study-main' }, series.element, el('div', { class: 'viewing' }, places, tools.element)),
    el('p', { class: 'quiet-notice' }, notice),
  );
  listenToKeys(act, signal);
  signal.addEventListener('abort', () => state.playing?.abort());
  begin(study, act, places);
  return element;
}

function barButton(name, click, more = {}) {
  return el('button', { type: 'button', class: 'bar-button', 'aria-label': t(name), on: { click }, ...more }, drawing(name));
}

/** Shows what a reader wants to see first. */
function begin(study, act, places) {
  const among = new Set(study.series.filter(({ kind }) => kind === 'images').map(({ uid }) => uid));
  for (const series of study.series) series.among = among;
  const shown = inOrder(study.series).filter(({ kind }) => kind !== 'other');
  const first = shown.find(({ uid }) => uid === study.lastSeries) ?? shown[0];
  if (first) act.show(first);
  else fill(places, el('p', { class: 'nothing' }, t('nothingHere')));
}

function actions(state, places, study, go, signal) {
  const act = {
    mode: () => state.mode,
    pane: () => (state.panes.includes(state.active) ? state.active : null),
    isPlaying: () => state.playing !== null,
    isComparing: () => state.panes.length > 1,
    isTogether: () => state.isTogether,
    canCompare: () => state.panes.length > 1 || (state.panes.length === 1 && !state.paper),
    useMode: (mode) => { state.mode = mode; act.draw(); },
    toggleTogether: () => { state.isTogether = !state.isTogether; act.draw(); },
    togglePlay: () => togglePlay(state, act),
    toggleCompare: () => toggleCompare(state, act, places),
    escape: () => (act.isPlaying() ? act.togglePlay() : act.isComparing() ? act.toggleCompare() : go.home()),
    show: (series) => show(state, act, places, study, series, signal),
    chosen: (pane) => {
      if (state.active === pane) return;
      if (act.isPlaying()) act.togglePlay();
      state.active = pane;
      act.draw();
    },
    stepped: (pane, by) => {
      if (act.isPlaying()) act.togglePlay();
      if (state.isTogether) state.panes.filter((other) => other !== pane).forEach((other) => other.goTo(other.stack.index + by));
    },
    changed: () => act.draw(),
    draw: () => {},
    study,
  };
  return act;
}

function show(state, act, places, study, series, signal) {
  if (act.isPlaying()) act.togglePlay();
  study.lastSeries = series.uid;
  if (series.kind === 'report' || series.kind === 'document') {
    closePanes(state, places);
    state.paper = new AbortController();
    signal.addEventListener('abort', () => state.paper?.abort());
    state.paper.series = series;
    fill(places, documentView(study, series, state.paper.signal));
    act.draw();
    return;
  }
  if (state.paper) closePanes(state, places);
  const pane = new Pane(study.uid, series, act, signal);
  const place = state.panes.indexOf(state.active);
  if (place >= 0) {
    state.active.element.replaceWith(pane.element);
    state.active.stop.abort();
    state.panes[place] = pane;
  } else {
    fill(places, pane.element);
    state.panes = [pane];
  }
  state.active = pane;
  act.draw();
}

function closePanes(state, places) {
  state.paper?.abort();
  state.paper = null;
  for (const pane of state.panes) pane.stop.abort();
  state.panes = [];
  state.active = null;
  fill(places);
}

function togglePlay(state, act) {
  if (state.playing) {
    state.playing.abort();
    state.playing = null;
  } else if (act.pane()) {
    state.playing = new AbortController();
    play(act.pane(), state.playing.signal);
  }
  act.draw();
}

/** The second view begins with the series after the one that is shown, or the same one. */
function toggleCompare(state, act, places) {
  if (act.isPlaying()) act.togglePlay();
  if (state.panes.length > 1) {
    for (const pane of state.panes.filter((other) => other !== state.active)) {
      pane.stop.abort();
      pane.element.remove();
    }
    state.panes = [state.active];
  } else if (act.pane()) {
    const images = inOrder(act.study.series).filter(({ kind }) => kind === 'images');
    const at = images.findIndex(({ uid }) => uid === state.active.series.uid);
    const pane = state.active.beside(images[(at + 1) % images.length] ?? state.active.series);
    places.append(pane.element);
    state.panes.push(pane);
    state.active = pane;
  }
  act.draw();
}

function draw(state, tools, series) {
  for (const pane of state.panes) pane.element.classList.toggle('active', pane === state.active && state.panes.length > 1);
  tools.element.hidden = state.panes.length === 0;
  tools.draw();
  const shown = state.paper ? [state.paper.series.uid] : [state.active, ...state.panes].filter(Boolean).map((pane) => pane.series.uid);
  series.mark(shown);
}

/** Asks now and then whether a hospital that could not be reached is there again. */
function untilAvailable(study, draw, signal) {
  if (study.available) return;
  const timer = setInterval(async () => {
    study.available = await isAvailable(study.uid, signal).catch(() => false);
    if (study.available) clearInterval(timer);
    draw();
  }, AGAIN_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}

/** A line that says why something may be missing. */
function network(study, signal) {
  const line = el('p', { class: 'network', role: 'status' });
  const draw = () => fill(line, isNetworkAway() ? t('waitingNetwork') : study.available ? '' : t('hospitalAway'));
  draw();
  untilAvailable(study, draw, signal);
  for (const name of ['away', 'back']) news.addEventListener(name, draw, { signal });
  return line;
}
