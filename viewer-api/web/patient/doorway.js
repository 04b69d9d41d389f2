// The pages before and after the images: the PIN, and why a link does not open.

import { isAbort } from './ask.js';
import { el, fill } from './dom.js';
import { pageFoot, pageHead } from './home.js';
import { drawing } from './icons.js';
import { counted, number, t } from './language.js';
import { openLink } from './link.js';
import { pinField, pinOf } from './pin-field.js';

/** The form for the PIN. `isAgain`: an earlier session has ended. `opened(link)`, `ended(kind)` of a message, `again()`. */
export function pinView({ isAgain, opened, ended, again, signal }) {
  const field = pinField();
  const told = el('p', { class: 'problem', role: 'alert' }, isAgain ? t('pinAgain') : '');
  const passing = el('p', { class: 'hint passing', role: 'status' });
  const button = el('button', { type: 'submit', class: 'button primary' }, t('pinOpen'));
  const form = el('form', { class: 'door-card', novalidate: true }, field.element, told, button, passing);
  const parts = { form, input: field.input, told, passing, button };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    tryPin(parts, { opened, ended, signal });
  });
  requestAnimationFrame(() => {
    field.input.focus();
    performance.mark('pin-asked');
  });
  return light(again, el('h1', { tabindex: '-1' }, t('pinTitle')), el('p', {}, t('pinIntro')), form);
}

async function tryPin(parts, { opened, ended, signal }) {
  const { input, told, passing, button } = parts;
  if (button.disabled) return;
  const pin = pinOf(input);
  if (!pin) {
    wrong(parts, t('pinIncomplete'));
    return;
  }
  fill(told);
  input.removeAttribute('aria-invalid');
  button.disabled = true;
  fill(button, t('pinOpening'));
  performance.mark('pin-sent');
  try {
    const link = await openLink(pin, signal, (error) => fill(passing, t(error.kind === 'offline' ? 'waitingNetwork' : 'waitingServer')));
    opened(link);
    return;
  } catch (error) {
    if (isAbort(error)) return;
    if (error.kind === 'wrong-pin' && error.left === 0) ended('locked');
    else if (error.kind === 'wrong-pin') wrong(parts, counted('pinWrong', error.left));
    else if (error.kind === 'slow-down') await countDown(parts, error.retryAfter_s, signal);
    else if (error.kind === 'ended' || error.kind === 'absent') ended('over');
    else wrong(parts, t('waitingServer'));
  }
  fill(passing);
  fill(button, t('pinOpen'));
  button.disabled = false;
}

function wrong({ input, told }, text) {
  fill(told, text);
  input.setAttribute('aria-invalid', 'true');
  input.focus();
  input.select();
}

async function countDown({ told }, seconds, signal) {
  for (let left = Math.ceil(Math.max(seconds, 1)); left > 0 && !signal.aborted; left -= 1) {
    fill(told, t('pinSlow', { n: number(left) }));
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
  fill(told);
}

const DRAWINGS = { ended: 'link', over: 'link', locked: 'lock', scan: 'code', left: 'done' };

/** Why there is nothing to see: `ended` (scanning again may help), `over` (it does not), `locked` by wrong PINs, `scan`,
    `left`. */
export function messageView(kind, again) {
  const more = { ended: 'endedDo', over: 'overDo', locked: 'overDo' }[kind];
  return light(
    again,
    el('span', { class: 'door-drawing' }, drawing(DRAWINGS[kind])),
    el('h1', { tabindex: '-1' }, t(kind === 'over' ? 'endedTitle' : `${kind}Title`)),
    el('p', {}, t(`${kind}Text`)),
    more && el('p', {}, t(more)),
  );
}

/** While the server is asked for what an earlier visit opened. */
export function waitingView(again) {
  const told = el('p', { role: 'status' }, t('loading'));
  return { element: light(again, told), tell: (error) => fill(told, t(error.kind === 'offline' ? 'waitingNetwork' : 'waitingServer')) };
}

function light(again, ...children) {
  return el('div', { class: 'calm' }, pageHead(again), el('main', { class: 'door' }, ...children), pageFoot(t('notice')));
}
