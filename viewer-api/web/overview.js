// The region at a glance: totals, and each hospital's state.

import { sentenceOf } from './api.js';
import { el, fill, ghosts, heard, note } from './dom.js';
import { ago, moment, number, t } from './i18n.js';
import { onRegion, refreshRegion, region } from './region.js';

const WIDE = window.matchMedia('(min-width: 72rem)');
let opened = null; // whether somebody opened or closed the list by hand

/** The panel; it follows the region until the signal. */
export function overview({ signal }) {
  const totals = el('dl', { class: 'totals' });
  const summary = el('summary', {});
  const list = el('div', {});
  const details = el('details', { class: 'card hospitals', open: opened ?? WIDE.matches }, summary, list);
  summary.addEventListener('click', () => { opened = !details.open; });
  const stale = el('p', { class: 'stale', role: 'status' });

  const draw = () => {
    const trouble = region.data ? region.data.sites.length === 0 : region.error !== null;
    if (opened === null) details.open = WIDE.matches || trouble;
    stale.textContent = region.data && region.error ? t('stale') : '';
    fill(totals, ...totalsOf(region.data));
    fill(summary, el('h2', {}, t('hospitals')), summaryOf(region.data));
    fill(list, ...hospitals(signal));
  };
  draw();
  onRegion(draw, signal);
  return el('section', { class: 'region', 'aria-label': t('region') }, totals, stale, details);
}

function totalsOf(data) {
  const connected = data?.sites.filter((site) => site.connected).length;
  const some = data && connected < data.sites.length;
  const ratio = data ? t('connectedOf', { n: number(connected), total: number(data.sites.length) }) : '–';
  return [
    total('hospitalsConnected', ratio, some ? 'warn' : ''),
    total('studies', number(data?.totals.studies)),
    total('series', number(data?.totals.series)),
    total('instances', number(data?.totals.instances)),
    total('conflicts', number(data?.totals.conflicts), data?.totals.conflicts > 0 ? 'warn' : ''),
  ];
}

function total(key, value, kind = '') {
  return el('div', { class: `total ${kind}` }, el('dt', {}, t(key)), el('dd', {}, value));
}

function summaryOf(data) {
  const away = data?.sites.filter((site) => !site.connected).length ?? 0;
  if (away > 0) return el('span', { class: 'tag warn' }, t('awayCount', { n: number(away) }));
  return data && data.sites.length > 0 ? el('span', { class: 'tag good' }, t('connected')) : null;
}

function hospitals(signal) {
  if (!region.data && region.error) {
    const retry = { label: t('retry'), run: () => refreshRegion(signal) };
    return [note('failed', t('regionFailed'), t(sentenceOf(region.error)), retry)];
  }
  if (!region.data) return [el('div', { class: 'ghosts', role: 'status' }, heard(t('loading')), ...ghosts(6))];
  if (region.data.sites.length === 0) return [note('empty', t('noSites'), t('noSitesDetail'))];
  const heads = ['siteName', 'studies', 'instances', 'backlog', 'lastChange'];
  return [
    el('div', { class: 'site heads', 'aria-hidden': 'true' }, ...heads.map((key) => el('span', {}, t(key)))),
    el('ul', { class: 'sites' }, ...region.data.sites.map((site) => hospital(site, Date.now()))),
  ];
}

function hospital(site, now_ms) {
  const behind = site.backlog > 0;
  return el(
    'li',
    { class: `site ${site.connected ? '' : 'away'}` },
    el(
      'div',
      { class: 'site-name' },
      el('span', { class: 'dot', 'aria-hidden': 'true' }),
      el(
        'span',
        {},
        el('strong', {}, site.name || site.id),
        site.name && el('span', { class: 'site-id' }, site.id),
        site.connected ? heard(t('connected')) : el('span', { class: 'tag warn' }, t('disconnected')),
      ),
    ),
    fact('studies', number(site.studies)),
    fact('instances', number(site.instances)),
    fact('backlog', number(site.backlog), behind ? 'behind' : ''),
    fact('lastChange', lastChange(site.last_change_ms, now_ms)),
  );
}

function fact(key, value, kind = '') {
  return el('div', { class: `fact ${kind}` }, el('span', { class: 'label' }, t(key)), el('span', {}, value));
}

function lastChange(then_ms, now_ms) {
  if (typeof then_ms !== 'number') return el('span', { class: 'muted' }, t('never'));
  return el('time', { datetime: new Date(then_ms).toISOString(), title: moment(then_ms) }, ago(then_ms, now_ms));
}
