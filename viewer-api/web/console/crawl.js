// The taking over of an old archive: how far it is, how fast it goes, and what did not come.

import { el } from '../dom.js';
import { counted, moment, number, t } from '../i18n.js';
import { bar, loud, table } from './parts.js';
import { reason } from './reasons.js';

const MOST_LOST = 20;

/** The part of the page; nothing is drawn where there is no archive to take over. */
export function crawl(told) {
  if (!told) return [];
  const facts = [
    ['crawlImages', t('crawlOf', { here: number(told.instances_arrived), told: number(told.instances_told) })],
    ['crawlWaiting', number(told.waiting)],
    ['crawlGivenUp', loud(told.given_up, 'bad')],
    ['crawlRate', told.instances_per_min === null ? '–' : t('crawlPerMinute', { n: number(Math.round(told.instances_per_min)) })],
    ['crawlChanges', t('crawlChangesOf', { fresh: number(told.new), changed: number(told.changed), gone: number(told.gone) })],
  ];
  const percent = told.studies_told > 0 ? (100 * told.studies_arrived) / told.studies_told : 0;
  const words = t('crawlStudies', { here: number(told.studies_arrived), told: number(told.studies_told) });
  return [
    el('p', { class: 'crawl-head' }, el('strong', {}, told.archive), ' ', el('span', { class: `tag ${state(told).kind}` }, state(told).words)),
    told.pass > 0 && el('div', { class: 'crawl-progress' }, bar(percent, words), el('span', {}, words)),
    told.pass > 0 && el('p', { class: 'sub' }, spans(told)),
    told.trouble && told.ended_ms === null && reason(told.trouble),
    told.windows_cut > 0 && el('p', { class: 'crawl-warning' }, counted('crawlCut', told.windows_cut)),
    told.pass > 0 && el('dl', { class: 'facts crawl-facts' }, ...facts.map(([key, value]) => el('div', {}, el('dt', {}, t(key)), el('dd', {}, value)))),
    told.lost.length > 0 && lost(told),
  ].filter(Boolean);
}

function state({ pass, ended_ms, rests, trouble }) {
  if (pass === 0) return { kind: '', words: t('crawlNotBegun') };
  if (ended_ms !== null) return { kind: 'good', words: t('crawlEnded') };
  if (rests) return { kind: '', words: t('crawlRests') };
  return trouble ? { kind: 'warn', words: t('crawlTrouble') } : { kind: 'good', words: t('crawlGoes') };
}

function spans({ pass, begun_ms, ended_ms, windows_waiting }) {
  const begun = t('crawlBegun', { pass: number(pass), when: moment(begun_ms) });
  if (ended_ms !== null) return `${begun} · ${t('crawlEndedAt', { when: moment(ended_ms) })}`;
  return windows_waiting > 0 ? `${begun} · ${counted('crawlWindows', windows_waiting)}` : begun;
}

function lost({ lost: list, given_up: all }) {
  const heads = ['crawlLostStudy', 'crawlLostHere', 'crawlLostWhy'].map((key) => t(key));
  const rows = list.slice(0, MOST_LOST).map(({ study, told, held, why }) => [
    el('code', {}, study), `${number(held)} / ${told === null ? '?' : number(told)}`, why,
  ]);
  return el('details', { class: 'crawl-lost', 'data-key': 'crawl-lost' }, el('summary', {}, counted('crawlLost', all)), table('lost', heads, rows, t('crawlLostTitle')));
}
