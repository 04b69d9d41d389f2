// What is shown: sign-in, the region with the latest studies, or one study; and the bar above.

import { getJson, onSignedOut, postJson } from './api.js';
import { el, fill } from './dom.js';
import { t, toggleLanguage } from './i18n.js';
import { overview } from './overview.js';
import { watchRegion } from './region.js';
import { signIn } from './sign-in.js';
import { forgetStudies, studies } from './studies.js';
import { forgetStudy, study } from './study.js';

const page = document.getElementById('page');
let user = null;
let notice = '';
let shown = new AbortController(); // of what is on the page now
let session = new AbortController(); // of everything since sign-in

/** The address names a study after the hash, which never leaves the browser. */
function route() {
  const named = /^#\/studies\/([\w.-]{1,64})$/.exec(location.hash);
  return named ? { study: named[1] } : {};
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
  const uid = route().study;
  const mayView = user.role === 'radiologist';
  const options = { user, signal: shown.signal };
  main.className = uid && mayView ? 'reading' : mayView ? 'home' : 'home alone';
  fill(main, ...(uid && mayView ? [study(uid, options)] : [overview(options), studies(options)]));
  fill(page, bar(main), main);
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
    el('div', { class: 'bar-end' }, languageButton(), who(), signOutButton()),
  );
}

function who() {
  return el('span', { class: 'who' }, el('strong', {}, user.name), el('span', { class: 'role' }, t(user.role)));
}

function languageOnly() {
  return el('header', { class: 'bar bare' }, el('div', { class: 'bar-end' }, languageButton()));
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
  notice = '';
  session = new AbortController();
  watchRegion(session.signal);
  render();
  document.getElementById('main').focus({ preventScroll: true });
}

/** Nothing about a patient stays on the page or in its memory. */
function exit(why) {
  if (!user) return;
  user = null;
  notice = why;
  session.abort();
  forgetStudies();
  forgetStudy();
  history.replaceState(null, '', '#/');
  render();
}

onSignedOut(() => exit('sessionEnded'));
window.addEventListener('hashchange', () => {
  if (!user) return;
  render();
  window.scrollTo(0, 0);
});

const me = await getJson('/api/me').catch(() => ({ name: null }));
if (me.name) enter(me);
else render();
