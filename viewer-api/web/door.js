// The door of the full viewer: whoever has no session signs in here, and the same address is the viewer then.

import { getJson, postJson } from './api.js';
import { el, fill, note } from './dom.js';
import { t } from './i18n.js';
import { signIn } from './sign-in.js';

const TURN = 'door-turned'; // that this address was loaded again already, so that no loop can begin

const page = document.getElementById('page');
document.title = t('product');

function enter() {
  location.reload();
}

/** A browser that came from another site kept the session back once: loading again brings it. */
function turn() {
  const turned = sessionStorage.getItem(TURN) === location.href;
  sessionStorage.setItem(TURN, location.href);
  if (turned) refuse();
  else enter();
}

/** Somebody whose role has no images. */
function refuse() {
  sessionStorage.removeItem(TURN);
  const leave = async () => {
    await postJson('/api/sign-out', {}).catch(() => {});
    enter();
  };
  fill(page, el('main', {}, note('empty', t('fullViewer'), t('failedForbidden'), { label: t('signOut'), run: leave })));
}

function ask() {
  sessionStorage.removeItem(TURN);
  const main = el('main', { id: 'main' });
  fill(main, signIn({ notice: '', onSignedIn: enter }));
  fill(page, main);
  main.querySelector('input')?.focus();
}

const me = await getJson('/api/me').catch(() => ({ name: null }));
if (me.name) turn();
else ask();
