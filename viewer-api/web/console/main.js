// The console: sign-in, its four pages, and the bar above.

import { getJson, onSignedOut, postJson } from '../api.js';
import { el, fill, heard } from '../dom.js';
import { counted, learn, number, t, toggleLanguage } from '../i18n.js';
import { signIn } from '../sign-in.js';
import { themeButton } from '../theme.js';
import { network } from './network.js';
import { overview } from './overview.js';
import { problems } from './problems.js';
import { known, onReport, toLookAt, watch } from './report.js';
import { studies } from './studies.js';
import { WORDS as CRAWL_WORDS } from './words-crawl.js';
import { WORDS as LOOK_WORDS } from './words-look.js';
import { WORDS } from './words.js';

learn(WORDS);
learn(LOOK_WORDS);
learn(CRAWL_WORDS);

const PAGES = [['', 'navOverview', overview], ['problems', 'navProblems', problems], ['network', 'navNetwork', network], ['studies', 'navStudies', studies]];
const page = document.getElementById('page');
let user = null;
let notice = '';
let shown = new AbortController(); // of what is on the page now
let session = new AbortController(); // of everything since sign-in

function route() {
  const [, named = ''] = /^#\/(\w*)$/.exec(location.hash) ?? [];
  return PAGES.find(([name]) => name === named) ?? PAGES[0];
}

function render() {
  shown.abort();
  shown = new AbortController();
  document.title = t('consoleTitle');
  const main = el('main', { id: 'main', tabindex: '-1' });
  if (!user) {
    fill(main, signIn({ notice, title: 'consoleTitle', intro: 'consoleIntro', onSignedIn: enter }));
    fill(page, el('header', { class: 'bar bare' }, el('div', { class: 'bar-end' }, themeButton(), languageButton())), main);
    main.querySelector('input')?.focus();
    return;
  }
  const [, key, draw] = route();
  document.title = `${t(key)} · ${t('consoleTitle')}`;
  fill(main, draw({ user, signal: shown.signal }));
  fill(page, bar(main), main);
}

function bar(main) {
  const skip = (event) => {
    event.preventDefault(); // The hash is the route.
    main.focus();
  };
  const site = el('strong', { class: 'clip' });
  const links = PAGES.map(([name, key]) => {
    const mark = el('span', { class: 'nav-mark' });
    const here = route()[0] === name;
    return { name, mark, element: el('a', { href: `#/${name}`, 'aria-current': here ? 'page' : null }, t(key), mark) };
  });
  const draw = ({ report }) => {
    if (!report) return;
    site.textContent = report.site;
    const counts = { problems: toLookAt(report).reduce((sum, [, count]) => sum + count, 0), network: report.strangers.length };
    const words = { problems: 'problemsBadge', network: 'strangersBadge' };
    for (const { name, mark } of links) {
      const count = counts[name] ?? 0;
      mark.hidden = count === 0;
      fill(mark, ...(count > 0 ? [el('span', { 'aria-hidden': 'true' }, number(count)), heard(` ${counted(words[name], count)}`)] : []));
    }
  };
  onReport(draw, shown.signal);
  draw({ report: known() });
  return el(
    'header',
    { class: 'bar console-bar' },
    el('a', { class: 'skip', href: '#main', on: { click: skip } }, t('skip')),
    el('a', { class: 'brand', href: '#/' }, el('img', { src: '/assets/icon.svg', alt: '', width: '26', height: '26' }), el('span', { class: 'brand-words' }, site, el('span', { class: 'role' }, t('consoleTitle')))),
    el('nav', { class: 'bar-links', 'aria-label': t('navLabel') }, ...links.map(({ element }) => element)),
    el('div', { class: 'bar-end' }, themeButton(), languageButton(), el('span', { class: 'who' }, el('strong', {}, user.name), el('span', { class: 'role' }, t(user.role))), signOutButton()),
  );
}

function languageButton() {
  const change = () => {
    toggleLanguage();
    render();
    page.querySelector('.language')?.focus();
  };
  return el('button', { type: 'button', class: 'quiet language', 'aria-label': t('languageLabel'), on: { click: change } }, t('language'));
}

function signOutButton() {
  const leave = async () => {
    await postJson('/api/sign-out', {}).catch(() => {});
    exit('');
  };
  return el('button', { type: 'button', class: 'quiet', title: user.name, on: { click: leave } }, t('signOut'));
}

function enter(somebody) {
  user = somebody;
  notice = '';
  session = new AbortController();
  watch(session.signal);
  render();
  document.getElementById('main').focus({ preventScroll: true });
}

/** Nothing of what was seen stays on the page. */
function exit(why) {
  if (!user) return;
  user = null;
  notice = why;
  session.abort();
  history.replaceState(null, '', '#/');
  render();
}

onSignedOut(() => exit('sessionEnded'));
window.addEventListener('hashchange', () => {
  if (!user) return;
  render();
  document.getElementById('main').focus({ preventScroll: true });
  window.scrollTo(0, 0);
});

const me = await getJson('/api/me').catch(() => ({ name: null }));
if (me.name) enter(me);
else render();
