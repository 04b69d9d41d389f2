// What goes on to other application entities, and what the hospital's rules hold back.

import { el } from '../dom.js';
import { counted, number, t } from '../i18n.js';
import { aged, button, loud, nothing, table } from './parts.js';
import { reason } from './reasons.js';

/** Destinations for which something waits or failed. */
export function copies(routes, { mayAct, attempt }) {
  if (routes.length === 0) return nothing('copiesNone');
  const heads = ['copiesTo', 'copiesWaiting', 'copiesFailed', 'copiesOldest', 'copiesWhy', 'copiesDo'].map((key) => t(key));
  return table('copies', heads, routes.map(({ ae_title: title, waiting, failed, oldest_ms, trouble, why }) => {
    const again = mayAct && button(`send-${title}`, t('copiesAgain'), () => attempt({ send_again: { ae_title: title } }, t('copiesTried')), 'quiet');
    if (again) again.setAttribute('aria-label', `${t('copiesAgain')}: ${title}`);
    return [title, number(waiting), loud(failed, 'bad'), oldest_ms === null ? '–' : aged(oldest_ms), reason(trouble || why), again || '–'];
  }), t('copiesTitle'));
}

/** Who asked whether its images are kept, and could not be told. */
export function unreported(lines, { mayAct, attempt }) {
  const heads = ['copiesTo', 'copiesWaiting', 'reportsGivenUp', 'copiesOldest', 'copiesWhy', 'copiesDo'].map((key) => t(key));
  return [
    el('p', { class: 'sub intro' }, t('reportsIntro')),
    table('copies', heads, lines.map(({ ae_title: title, waiting, given_up: lost, oldest_ms, why }) => {
      const again = mayAct && button(`report-${title}`, t('reportsAgain'), () => attempt({ report_again: { ae_title: title } }, t('reportsTried')), 'quiet');
      if (again) again.setAttribute('aria-label', `${t('reportsAgain')}: ${title}`);
      const drop = mayAct && button(`forget-${title}`, t('reportsForget'), () => attempt({ forget_reports: { ae_title: title } }, t('reportsForgotten')), 'quiet');
      if (drop) drop.setAttribute('aria-label', `${t('reportsForget')}: ${title}`);
      return [title, number(waiting), loud(lost, 'bad'), aged(oldest_ms), reason(why), mayAct ? el('div', { class: 'kept-do' }, again, drop) : '–'];
    }), t('reportsTitle')),
  ];
}

/** Studies of which something is held. */
export function held(list, { mayAct, attempt }) {
  return [
    el('p', { class: 'sub intro' }, t('heldIntro')),
    el('ul', { class: 'kept-list' }, ...list.map(({ study, instances, since_ms }) => {
      const release = mayAct && button(`release-${study}`, t('heldRelease'), () => attempt({ release: study }, t('heldReleased')));
      if (release) release.setAttribute('aria-label', `${t('heldRelease')}: ${study}`);
      return el('li', {},
        el('div', { class: 'kept-words' }, el('p', {}, el('code', {}, study)), el('p', { class: 'sub' }, counted('heldImages', instances), ' · ', aged(since_ms))),
        release && el('div', { class: 'kept-do' }, release));
    })),
  ];
}
