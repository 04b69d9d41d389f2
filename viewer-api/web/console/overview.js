// The adapter at a glance: the line to the hub, what came in today, what waits, and the disk.

import { el, fill } from '../dom.js';
import { ago, counted, moment, number, t } from '../i18n.js';
import { crawl } from './crawl.js';
import { failures } from './failures.js';
import {
  aged, bar, button, failed, loud, nothing, refill, section, senderName, sentence, size, table, tellAges, when,
} from './parts.js';
import { act, known, onReport, toLookAt } from './report.js';

const TROUBLES = {
  unreachable: 'hubUnreachable', silent: 'hubSilent', refused: 'hubRefused', certificate: 'hubCertificate', answer: 'hubAnswer', own: 'hubOwn',
};

const MOST_FAILURES = 4;

/** The page. */
export function overview({ user, signal }) {
  const parts = [
    hubPart(user), totals(), section('crawl', 'crawlTitle', crawl), section('modalities', 'byModality', modalities), section('senders', 'bySender', senders),
    section('failures', 'failuresTitle', latest),
  ];
  const stale = el('p', { class: 'stale', role: 'status' });
  const place = el('div', { class: 'console-home' }, stale, ...parts.map(({ element }) => element));
  const missing = el('div', {});
  const draw = ({ report, error }) => {
    stale.textContent = error && report ? t('adapterStale') : '';
    place.hidden = !report;
    fill(missing, error && !report && failed(error, () => location.reload()));
    if (!report) return;
    const [hub, total, archive, today, from, wrong] = parts;
    hub.show(report);
    total.show(report);
    archive.element.hidden = !report.crawl;
    archive.show(report.crawl);
    today.show(report.today.modalities);
    from.show(report.today.senders);
    wrong.show(report.failures);
    tellAges(place);
  };
  onReport(draw, signal);
  draw({ report: known() });
  return el('div', { class: 'console-page' }, el('h1', { class: 'heard' }, t('navOverview')), missing, place);
}

/** As many failures as fit; the others are a page of their own. */
function latest(list) {
  const more = list.length > MOST_FAILURES && el('p', {}, el('a', { href: '#/problems' }, t('allFailures')));
  return [failures(list.slice(0, MOST_FAILURES)), more];
}

function hubPart(user) {
  const state = el('p', { class: 'hub-state', role: 'status' });
  const detail = el('div', { class: 'hub-detail' });
  const said = el('p', { class: 'sub', role: 'status' });
  const dial = button('dial', t('dialNow'), async () => {
    said.textContent = t('dialled');
    try {
      await act('dial_hub');
    } catch (error) {
      said.textContent = sentence(error);
    }
  });
  const element = el('section', { class: 'card hub', 'aria-label': t('hubUp') }, el('span', { class: 'hub-mark', 'aria-hidden': 'true' }), el('div', { class: 'hub-words' }, state, detail, said), dial);
  return {
    element,
    show({ hub, now_ms, started_ms, version }) {
      const lines = Number(hub.feed_connected) + Number(hub.channel_connected);
      const words = t(['hubDown', 'hubHalf', 'hubUp'][lines]);
      if (state.textContent !== words) state.textContent = words;
      element.className = `card hub ${['down', 'half', 'up'][lines]}`;
      element.setAttribute('aria-label', words);
      dial.hidden = lines === 2 || user.role !== 'operator';
      if (lines === 2) said.textContent = '';
      fill(
        detail,
        lines < 2 && hub.trouble && el('p', { class: 'hub-why' }, t(TROUBLES[hub.trouble] ?? 'hubOwn')),
        lines < 2 && el('p', {}, t(lines === 0 ? 'hubBothDown' : hub.feed_connected ? 'hubChannelDown' : 'hubFeedDown')),
        el('p', { class: 'sub' }, when(hub.since_ms, t('hubSince', { when: moment(hub.since_ms) })), ` · ${hub.address}`),
        el('p', { class: 'sub' }, `${t('running', { when: ago(started_ms, now_ms) === t('justNow') ? t('justNow') : moment(started_ms) })} · ${t('version', { version })}`),
      );
    },
  };
}

function totals() {
  const element = el('dl', { class: 'totals' });
  let known = '';
  return {
    element,
    show(report) {
      const { today, backlog, disk, holdings, failures: wrong, now_ms } = report;
      const waiting = Math.max(0, backlog.written - backlog.held);
      const parts = toLookAt(report);
      const look = parts.reduce((sum, [, count]) => sum + count, 0);
      const named = parts.map(([key, count]) => `${t(key)} ${number(count)}`).join(' · ');
      const cards = [
        total('todayImages', number(today.all.stored), today.all.stored > 0 ? size(today.all.bytes) : t('todayNone')),
        total('waiting', number(waiting), waiting === 0 ? t('waitingNone') : backlog.oldest_ms !== null && t('waitingOldest', { when: ago(backlog.oldest_ms, now_ms) }), waiting > 0 && 'warn'),
        diskTotal(disk),
        total('problemsCount', number(look), look === 0 ? t('problemsNone') : el('a', { href: '#/problems', 'data-key': 'look-at' }, named), look > 0 && 'warn'),
        total('holdingsTitle', number(holdings.instances), `${counted('studyCount', holdings.studies)} · ${counted('seriesCount', holdings.series)}`),
      ];
      const now = JSON.stringify(cards.map((card) => card.textContent + card.className)) + wrong.length;
      if (now !== known) refill(element, cards);
      known = now;
    },
  };
}

function total(key, value, detail, kind) {
  return el('div', { class: `card total ${kind || ''}` }, el('dt', {}, t(key)), el('dd', { class: 'value' }, value), detail && el('dd', { class: 'sub' }, detail));
}

function diskTotal(disk) {
  const reserve = size(disk.reserve_bytes);
  const used = disk.total_bytes > 0 ? 100 * (1 - disk.free_bytes / disk.total_bytes) : 0;
  // as much as the quota leaves, where there is one
  const free = disk.quota_bytes > 0 ? Math.min(disk.free_bytes, Math.max(0, disk.quota_bytes - disk.images_bytes) + disk.reserve_bytes) : disk.free_bytes;
  const kind = !disk.is_accepting ? 'bad' : free < 3 * disk.reserve_bytes ? 'warn' : '';
  const words = { bad: 'diskFull', warn: 'diskLow', '': 'diskReserve' }[kind];
  const of = t('diskOf', { total: size(disk.total_bytes), images: size(disk.images_bytes) });
  const label = t('diskUsed', { percent: number(Math.round(used)) });
  return el(
    'div',
    { class: `card total ${kind}` },
    el('dt', {}, t('diskFree')),
    el('dd', { class: 'value' }, disk.is_accepting ? size(disk.free_bytes) : t('diskNoRoom')),
    el('dd', { class: 'sub' }, bar(used, label), disk.is_accepting ? of : t(words, { reserve })),
    el('dd', { class: 'sub' }, disk.is_accepting ? t(words, { reserve }) : of),
    disk.quota_bytes > 0 && el('dd', { class: 'sub' }, t('diskQuota', { quota: size(disk.quota_bytes) })),
  );
}

function modalities(list) {
  if (list.length === 0) return nothing('todayNone');
  const most = Math.max(...list.map(({ stored }) => stored));
  return el('ul', { class: 'modality-list' }, ...list.map(({ modality, stored, bytes }) => el(
    'li',
    {},
    el('span', { class: 'badge' }, modality || t('noModality')),
    bar((100 * stored) / most, `${modality || t('noModality')}: ${number(stored)}`),
    el('strong', {}, number(stored)),
    el('span', { class: 'sub' }, size(bytes)),
  )));
}

function senders(list) {
  if (list.length === 0) return nothing('todayNone');
  const heads = ['sender', 'fresh', 'sizeHead', 'again', 'inConflict', 'refusedCount', 'lastSeen'].map((key) => t(key));
  return table('by-sender', heads, list.map(({ sender, counts, last_ms }) => [
    senderName(sender), number(counts.stored), size(counts.bytes), loud(counts.duplicates, 'plain'), loud(counts.conflicts), loud(counts.refused, 'bad'), aged(last_ms),
  ]), t('bySender'));
}
