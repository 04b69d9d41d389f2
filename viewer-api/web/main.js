// What is shown: sign-in, the worklist, a study, a person's history, or the state of the region; and the bar above.

import { getJson, onSignedOut, postJson } from './api.js';
import { forgetMarks } from './compare.js';
import { el, fill, note } from './dom.js';
import { history } from './history.js';
import { t, toggleLanguage } from './i18n.js';
import { onKeys, showHelp } from './keys.js';
import { overview } from './overview.js';
import { watchRegion } from './region.js';
import { signIn } from './sign-in.js';
import { forgetStudy, study } from './study.js';
import { themeButton } from './theme.js';
import { viewerIs } from './viewer.js';
import { forgetWorklist, worklist } from './worklist.js';

const page = document.getElementById('page');
let user = null;
let notice = '';
let shown = new AbortController(); // of what is on the page now
let session = new AbortController(); // of everything since sign-in

/** The address names a study after the hash, which never leaves the browser. It names nothing else. */
function route() {
  const named = /^#\/(studies|history)\/([\w.-]{1,64})$/.exec(location.hash);
  if (named) return { [named[1]]: named[2] };
  return { region: location.hash === '#/region' };
}

function render() {
  shown.abort();
  shown = new AbortController();
  document.title = t('product');
  const main = el('main', { id: 'main', tabindex: '-1' });
  if (!user) {
    fill(main, signIn({ notice, onSignedIn: enter }));
    fill(page, languageOnly(), main);
    main.querySelector('input')?.focus();
    return;
  }
  const [kind, ...content] = contents({ user, signal: shown.signal });
  main.className = kind;
  fill(main, ...content);
  fill(page, bar(main), main);
  if (kind === 'list') document.getElementById('list').focus({ preventScroll: true });
}

/** The class of the page and what is on it. Whoever may see no studies sees the region. */
function contents(options) {
  const where = route();
  if (!mayView()) return [...atRegion(options), note('empty', t('notYours'), t('notYoursDetail'))];
  if (where.studies) return ['reading', study(where.studies, options)];
  if (where.history) return ['past', history(where.history, options)];
  if (where.region) return atRegion(options);
  return ['list', worklist(options)];
}

function mayView() {
  return user.role === 'radiologist' || user.role === 'technician';
}

/** Which keys work on a page of that class. */
function keysOf(kind) {
  if (kind !== 'home alone') return kind;
  return mayView() ? 'region' : 'alone';
}

/** The region, and the keys that work there. */
function atRegion(options) {
  const back = () => { location.hash = '#/'; };
  onKeys({ '?': () => showHelp(keysOf('home alone')), ...(mayView() && { Escape: back }) }, options.signal);
  return ['home alone', overview(options)];
}

function bar(main) {
  const skip = (event) => {
    event.preventDefault(); // The hash is the route.
    main.focus();
  };
  return el(
    'header',
    { class: 'bar' },
    el('a', { class: 'skip', href: '#main', on: { click: skip } }, t('skip')),
    el('a', { class: 'brand', href: '#/' }, emblem(), el('span', {}, t('product'))),
    el('nav', { class: 'bar-links' }, el('a', { href: '#/' }, t('worklist')), el('a', { href: '#/region' }, t('regionState'))),
    el('div', { class: 'bar-end' }, helpButton(main.className), themeButton(), languageButton(), who(), signOutButton()),
  );
}

function who() {
  return el('span', { class: 'who' }, el('strong', {}, user.name), el('span', { class: 'role' }, t(user.role)));
}

function languageOnly() {
  return el('header', { class: 'bar bare' }, el('div', { class: 'bar-end' }, themeButton(), languageButton()));
}

function helpButton(kind) {
  return el('button', { type: 'button', class: 'quiet help-button', title: t('keys'), 'aria-label': t('keys'), on: { click: () => showHelp(keysOf(kind)) } }, '?');
}

function languageButton() {
  const change = () => {
    toggleLanguage();
    render();
    page.querySelector('.language')?.focus();
  };
  return el(
    'button',
    { type: 'button', class: 'quiet language', 'aria-label': t('languageLabel'), on: { click: change } },
    t('language'),
  );
}

function signOutButton() {
  const leave = async () => {
    await postJson('/api/sign-out', {}).catch(() => {});
    exit('');
  };
  return el('button', { type: 'button', class: 'quiet', title: user.name, on: { click: leave } }, t('signOut'));
}

function emblem() {
  return el('img', { src: '/assets/icon.svg', alt: '', width: '26', height: '26' });
}

function enter(somebody) {
  user = somebody;
  viewerIs(user.viewer);
  notice = '';
  session = new AbortController();
  watchRegion(session.signal);
  render();
  if (!document.getElementById('list')) document.getElementById('main').focus({ preventScroll: true });
}

/** Nothing about a patient stays on the page or in its memory. */
function exit(why) {
  if (!user) return;
  user = null;
  notice = why;
  session.abort();
  forgetWorklist();
  forgetMarks();
  forgetStudy();
  window.history.replaceState(null, '', '#/');
  render();
}

onSignedOut(() => exit('sessionEnded'));
window.addEventListener('hashchange', () => {
  if (!user) return;
  render();
  window.scrollTo(0, 0);
});

const me = await getJson('/api/me').catch(() => ({ name: null }));
if (me.name) {
  enter(me);
} else {
  forgetWorklist(); // Of a session that ended while nobody looked.
  render();
}
