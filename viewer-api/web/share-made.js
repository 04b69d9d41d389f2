// A link that was just made: its address, its PIN, its code, and the slip. They live in this dialog and nowhere else.

import { el, fill } from './dom.js';
import { moment, t } from './i18n.js';
import { printSlip } from './slip.js';

/** What the patient is given, until the signal; `again` begins another link. */
export function made(answer, { pinOnSlip, again, signal }) {
  const code = URL.createObjectURL(png(answer.qr_png));
  signal.addEventListener('abort', () => URL.revokeObjectURL(code));
  const said = el('p', { class: 'sub', role: 'status' });
  const print = () => printSlip(answer, { code, pinOnSlip, signal });
  return el(
    'div',
    { class: 'share-made' },
    el('p', { class: 'stale' }, t('shareOnce')),
    el(
      'div',
      { class: 'share-secrets' },
      el('img', { class: 'share-code', src: code, alt: t('shareQr'), width: '200', height: '200' }),
      el(
        'div',
        { class: 'share-texts' },
        address('shareAddress', answer.url, said),
        said,
        el('p', { class: 'share-pin' }, el('span', { class: 'sub' }, t('sharePinLabel')), ' ', digits(answer.pin)),
        !pinOnSlip && el('p', { class: 'sub' }, t('sharePinHint')),
        el('p', { class: 'sub' }, t('shareUntil', { when: moment(answer.link.expires_ms) })),
        answer.shlink && el('details', {}, el('summary', {}, t('shareSecondForm')), address('shareShlink', answer.shlink, said)),
      ),
    ),
    el(
      'div',
      { class: 'share-do' },
      el('button', { type: 'button', class: 'primary', on: { click: print } }, t('sharePrint')),
      el('button', { type: 'button', on: { click: again } }, t('shareAnother')),
    ),
  );
}

/** An address to be copied; `said` tells whether it was. */
function address(label, text, said) {
  const input = el('input', { type: 'text', readonly: true, value: text, spellcheck: 'false', on: { focus: () => input.select() } });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = t('shareCopied');
    } catch {
      input.focus();
      said.textContent = t('shareCopyFailed');
    }
  };
  const button = el('button', { type: 'button', on: { click: copy } }, t('shareCopy'));
  return el('label', { class: 'field' }, el('span', {}, t(label)), el('span', { class: 'share-address' }, input, button));
}

/** In two halves for the eye; read out as digits. */
function digits(pin) {
  const halves = el('strong', { 'aria-hidden': 'true' });
  fill(halves, el('span', {}, pin.slice(0, 3)), el('span', {}, pin.slice(3)));
  return el('span', { class: 'share-digits' }, halves, el('span', { class: 'heard' }, [...pin].join(' ')));
}

function png(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: 'image/png' });
}
