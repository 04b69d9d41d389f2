// The page of a study link: which view is shown, and going between them.

import { fill } from './dom.js';
import { messageView, pinView, waitingView } from './doorway.js';
import { homeView } from './home.js';
import { language, personName, speakAsLink, t } from './language.js';
import { hasToken, hideToken, leaveLink, onEnded, reopenLink, takeToken, watchLink } from './link.js';
import { forgetPictures } from './loader.js';
import { studyView } from './examination.js';
import { forgetThumbnails } from './thumbnails.js';

const page = document.getElementById('page');
let link = null;
let turn = new AbortController(); // Of the view that is shown.
let visit = null; // Of the time in which the link is open.
let redraw = () => {};

/** Ends the view before and shows another one; `make` gets the new one's signal. */
function show(make) {
  turn.abort();
  turn = new AbortController();
  const { signal } = turn;
  redraw = () => show(make);
  fill(page, make(signal));
  document.body.classList.toggle('viewing-images', page.querySelector('.study') !== null);
  window.scrollTo(0, 0);
  if (document.activeElement === document.body) page.querySelector('h1')?.focus({ preventScroll: true });
}

const again = () => redraw();

function showPin(isAgain) {
  show((signal) => pinView({ isAgain, opened, ended: showMessage, again, signal }));
}

function showMessage(kind) {
  close();
  hideToken();
  // A page that is loaded again says so again.
  history.replaceState(kind === 'locked' ? { view: kind } : history.state, '');
  show(() => messageView(kind, again));
}

/** Forgets everything of an open link. */
function close() {
  visit?.abort();
  visit = null;
  link = null;
  forgetPictures();
  forgetThumbnails();
}

function opened(what) {
  link = what;
  visit = new AbortController();
  speakAsLink(link.language);
  watchLink(visit.signal);
  onEnded((kind) => ended(kind), visit.signal);
  const only = link.studies.length === 1 && !link.missing ? link.studies[0].uid : null;
  history.replaceState({ view: 'home' }, '', location.pathname);
  if (only) goTo(only);
  else showHome();
}

function ended(kind) {
  if (!link) return;
  close();
  if (kind === 'no-session' && hasToken()) showPin(true);
  else showMessage(kind === 'ended' ? 'over' : 'ended');
}

function notice() {
  return link?.notice?.[language()] || t('notice');
}

function showHome() {
  show((signal) => homeView({ link, notice: notice(), go: { study: goTo, leave, again }, signal }));
}

function showStudy(uid) {
  const study = link.studies.find((candidate) => candidate.uid === uid);
  if (!study) {
    showHome();
    return;
  }
  const go = { home: () => history.back(), again };
  show((signal) => studyView({ link, study, go, who: personName(link.patient), notice: notice(), signal }));
}

/** Opens a study, so that the browser's own way back leads to the list. */
function goTo(uid) {
  performance.mark('study-asked');
  history.pushState({ view: 'study', uid }, '', location.pathname);
  showStudy(uid);
}

async function leave() {
  await leaveLink();
  showMessage('left');
}

window.addEventListener('popstate', (event) => {
  if (!link) return;
  if (event.state?.view === 'study') showStudy(event.state.uid);
  else showHome();
});

// Another slip was scanned while the page was open.
window.addEventListener('hashchange', () => {
  if (location.hash.length > 1) start();
});

async function start() {
  close();
  const token = takeToken();
  if (token === 'whole') {
    showPin(false);
    return;
  }
  if (token === 'cut') {
    showMessage('ended');
    return;
  }
  if (history.state?.view === 'locked') {
    showMessage('locked');
    return;
  }
  const { element, tell } = waitingView(start);
  show(() => element);
  try {
    opened(await reopenLink(turn.signal, tell));
  } catch (error) {
    showMessage(error.kind === 'ended' ? 'over' : 'scan');
  }
}

start();
