// The elements of a view: the stage with what is written on it, and the slider below.

import { isNetworkAway } from './ask.js';
import { el, fill } from './dom.js';
import { drawing } from './icons.js';
import { number, t } from './language.js';
import { seriesName } from './series-name.js';

/** Builds them. `act`: `whole()`, `step(by)`, `stepTo(index)`. */
export function paneParts(series, act) {
  const name = seriesName(series);
  const canvas = el('canvas', { role: 'img', 'aria-label': name });
  const told = el('p', { class: 'told', role: 'status' });
  const count = el('span', { class: 'count', 'aria-hidden': 'true' });
  const heard = el('p', { class: 'heard', role: 'status' });
  const whole = el('button', { type: 'button', class: 'whole', hidden: true, on: { click: act.whole } }, drawing('whole'), t('fit'));
  const stage = el(
    'div',
    { class: 'stage', tabindex: '0', role: 'group', 'aria-label': t('imagesOf', { name }), 'aria-description': t('stageHelp') },
    canvas,
    el('span', { class: 'label', 'aria-hidden': 'true' }, name),
    count,
    told,
    heard,
    whole,
  );
  const slider = el('input', { type: 'range', min: '1', max: '1', value: '1', 'aria-label': `${t('image')} (${name})` });
  slider.addEventListener('input', () => act.stepTo(Number(slider.value) - 1));
  const step = (icon, label, by) => el(
    'button',
    { type: 'button', class: 'step', 'aria-label': t(label), on: { click: () => act.step(by) } },
    drawing(icon),
  );
  const slide = el('div', { class: 'slide', hidden: true }, step('back', 'previousImage', -1), slider, step('next', 'nextImage', 1));
  const element = el('section', { class: 'pane', 'aria-label': name }, stage, slide);
  return { element, stage, canvas, told, heard, count, whole, slide, slider };
}

/** Writes where a stack is; `shown` is the frame on the stage. */
export function writePlace(parts, stack, shown) {
  const isStack = stack.isWhole && stack.count > 1;
  const place = (index) => ({ n: number(index + 1), total: number(stack.count) });
  const { n, total } = place(shown);
  parts.count.textContent = isStack ? `${n} / ${total}` : '';
  parts.slide.hidden = !isStack;
  parts.slider.max = String(Math.max(stack.count, 1));
  parts.slider.value = String(stack.index + 1);
  const wanted = t('imageOf', place(stack.index));
  parts.slider.setAttribute('aria-valuetext', wanted);
  if (!stack.isResting || stack.isPlaying) return;
  parts.canvas.setAttribute('aria-label', `${seriesName(stack.series)}, ${wanted}`);
  if (isStack) fillOnce(parts.heard, wanted);
}

/** What there is to be said of a picture that is not here, or not sharp. */
export function sentenceFor(stack, best, isHere) {
  if (stack.isWhole && stack.count === 0) return t('nothingHere');
  if (best?.isSharp) return '';
  const kind = stack.failure?.kind;
  if (kind === 'absent') return best || isHere ? '' : t('cannotBeShown');
  if (kind === 'unavailable') return t('notAvailable');
  if (kind === 'offline' || isNetworkAway()) return t('waitingNetwork');
  return t('loading');
}

/** Fills an element only when its text changes: those who hear the page hear it once. */
export function fillOnce(element, text) {
  if (element.textContent !== text) fill(element, text);
}
