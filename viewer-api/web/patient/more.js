// What is needed less often: saving, downloading, the language, the full viewer, what the keys do.

import { Failure, isAbort, mayPass } from './ask.js';
import { downloadPart } from './download.js';
import { el, fill } from './dom.js';
import { drawing } from './icons.js';
import { keyList } from './keyboard.js';
import { counted, t } from './language.js';
import { languageChoice } from './language-choice.js';
import { openForProfessional } from './link.js';
import { pinField, pinOf } from './pin-field.js';
import { saveImage } from './saving.js';

/** Opens the sheet. */
export function openMore({ link, study, pane, go, signal }) {
  const close = () => dialog.close();
  const dialog = el(
    'dialog',
    { class: 'sheet', 'aria-labelledby': 'sheet-title' },
    el(
      'div',
      { class: 'sheet-head' },
      el('h2', { id: 'sheet-title' }, t('more')),
      el('button', { type: 'button', class: 'bar-button', 'aria-label': t('close'), on: { click: close } }, drawing('close')),
    ),
    pane && saving(pane, signal),
    link.download && downloadPart(study, signal),
    link.professional && professional(study, signal),
    el('div', { class: 'sheet-part' }, el('h3', {}, t('language')), languageChoice(() => {
      close();
      go.again();
    })),
    matchMedia('(hover: hover)').matches && el('div', { class: 'sheet-part' }, el('h3', {}, t('keys')), keyList()),
  );
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  dialog.addEventListener('click', (event) => event.target === dialog && close());
  signal.addEventListener('abort', () => dialog.open && close());
  document.body.append(dialog);
  dialog.showModal();
}

function saving(pane, signal) {
  const told = el('p', { class: 'told-part', role: 'status' });
  const button = (key, type) => el('button', { type: 'button', class: 'row-button', on: { click: async () => {
    fill(told, t('saving'));
    try {
      await saveImage(pane, type, signal);
      fill(told, t('downloadDone'));
    } catch (error) {
      if (!isAbort(error)) fill(told, t(mayPass(error) ? 'notAvailable' : 'cannotBeShown'));
    }
  } } }, drawing('download'), t(key));
  return el('div', { class: 'sheet-part' }, button('saveJpeg', 'image/jpeg'), button('savePng', 'image/png'), told);
}

/** The PIN once more, because the phone is handed to somebody else. */
function professional(study, signal) {
  const told = el('p', { class: 'told-part problem', role: 'alert' });
  const field = pinField();
  const form = el(
    'form',
    { class: 'sheet-part professional', novalidate: true },
    el('h3', {}, t('professional')),
    el('p', {}, t('professionalText')),
    field.element,
    el('button', { type: 'submit', class: 'button' }, drawing('open'), t('pinOpen')),
    told,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const pin = pinOf(field.input);
    if (!pin) {
      fill(told, t('pinIncomplete'));
      return;
    }
    try {
      location.assign(await openForProfessional(pin, study.uid, signal));
    } catch (error) {
      if (!isAbort(error)) fill(told, professionalFailed(error));
    }
  });
  return form;
}

function professionalFailed(error) {
  if (!(error instanceof Failure)) return t('notAvailable');
  if (error.kind === 'wrong-pin') return error.left === 0 ? t('lockedTitle') : counted('pinWrong', error.left);
  if (error.kind === 'slow-down') return t('pinSlow', { n: error.retryAfter_s });
  return t(error.kind === 'offline' ? 'waitingNetwork' : 'notAvailable');
}
