// Signing in.

import { getJson, postCredentials, sentenceOf } from './api.js';
import { el } from './dom.js';
import { t } from './i18n.js';

/** The form; `notice` is the key of a sentence to begin with, `title` and `intro` of those above it. */
export function signIn({ notice, title = 'product', intro = 'signInIntro', onSignedIn }) {
  const problem = el('p', { class: 'problem', role: 'alert', id: 'problem' }, notice ? t(notice) : '');
  const name = field('name', 'username', 'text');
  const password = field('password', 'current-password', 'password');
  const button = el('button', { type: 'submit', class: 'primary' }, t('signIn'));

  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    button.textContent = t('signingIn');
    problem.textContent = '';
    try {
      onSignedIn(await postCredentials('/api/sign-in', { name: name.input.value, password: password.input.value }));
    } catch (failure) {
      problem.textContent = sentence(failure);
      password.input.value = '';
      password.input.focus();
      button.disabled = false;
      button.textContent = t('signIn');
    }
  };

  const others = el('p', { class: 'others' });
  offer(others);

  return el(
    'div',
    { class: 'door' },
    el('img', { src: '/assets/icon.svg', alt: '', width: '48', height: '48' }),
    el('h1', {}, t(title)),
    el('p', { class: 'muted' }, t(intro)),
    el(
      'form',
      { class: 'card', 'aria-describedby': 'problem', on: { submit } },
      name.row,
      password.row,
      problem,
      button,
      others,
    ),
    el('p', { class: 'small muted' }, t('monitored')),
  );
}

/** The region's identity provider, where there is one. It leads back to this very address. */
async function offer(place) {
  const me = await getJson('/api/me').catch(() => ({}));
  if (!me.provider) return;
  const to = location.pathname + location.search + location.hash;
  place.append(el('a', { class: 'button provider', href: `/oidc/sign-in?to=${encodeURIComponent(to)}` }, `${t('signIn')} · ${me.provider}`));
}

function field(key, autocomplete, type) {
  const input = el('input', {
    name: key, type, autocomplete, required: true, maxlength: '256', autocapitalize: 'none', spellcheck: 'false',
  });
  return { input, row: el('label', { class: 'field' }, el('span', {}, t(key)), input) };
}

function sentence(failure) {
  if (failure.word === 'wrong-name-or-password') return t('wrongNameOrPassword');
  if (failure.word === 'too-many-failures') return t('tooManyFailures', { seconds: failure.retryAfter_s || 60 });
  return t(sentenceOf(failure));
}
