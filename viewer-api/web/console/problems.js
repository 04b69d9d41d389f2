// What is to be looked at: what could not be taken in, and what came twice with other bytes.

import { getJson, isAbort } from '../api.js';
import { el, fill, ghosts } from '../dom.js';
import { moment, t } from '../i18n.js';
import { copies, held } from './copies.js';
import { failures, whyOf } from './failures.js';
import { showHeader } from './header.js';
import { button, failed, nothing, section, senderName, size, table, when, trying } from './parts.js';
import { known, onReport } from './report.js';

/** The page. */
export function problems({ user, signal }) {
  const { said, attempt } = trying();
  const deeds = { mayAct: user.role === 'operator', signal, attempt };
  const going = section('copies', 'copiesTitle', (data) => copies(data, deeds));
  const back = section('held', 'heldTitle', (data) => held(data, deeds));
  const wrong = section('failures', 'failuresTitle', failures);
  const aside = section('conflicts', 'conflictsTitle', conflicts);
  const kept = section('quarantine', 'quarantineTitle', (list) => quarantine(list, deeds));
  const load = async () => {
    try {
      const [{ quarantine: quarantined }, { conflicts: twice }] = await Promise.all([
        getJson('/api/console/quarantine', signal), getJson('/api/console/conflicts', signal),
      ]);
      kept.show(quarantined);
      aside.show(twice);
    } catch (error) {
      if (!isAbort(error)) fill(place, failed(error, load));
    }
  };
  let seen = '';
  const draw = ({ report }) => {
    if (!report) return;
    const minute = Math.ceil(report.now_ms / 60_000) * 60_000;
    wrong.show({ failures: report.failures, now: minute });
    // hospitals without rules need not know that there are any
    going.element.hidden = report.routes.length === 0;
    going.show({ routes: report.routes, now: minute });
    back.element.hidden = report.held.length === 0;
    back.show({ held: report.held, now: minute });
    const now = JSON.stringify([report.holdings.quarantined, report.holdings.conflicts, report.failures]);
    if (now !== seen) load();
    seen = now;
  };
  const place = el('div', { class: 'console-home two' }, kept.element, going.element, back.element, aside.element, wrong.element);
  for (const { element } of [kept, aside]) element.querySelector('.section-content').append(...ghosts(2));
  onReport(draw, signal);
  draw({ report: known() });
  return el('div', { class: 'console-page' }, el('h1', { class: 'heard' }, t('navProblems')), said, place);
}

function quarantine(list, deeds) {
  if (list.length === 0) return nothing('quarantineNone');
  return [el('p', { class: 'sub intro' }, t('quarantineIntro')), el('ul', { class: 'kept-list' }, ...list.map((one) => row(one, deeds)))];
}

function row(one, { mayAct, signal, attempt }) {
  const label = `${senderName(one.sender)}, ${moment(one.at_ms)}`;
  const named = (element, words) => {
    element.setAttribute('aria-label', `${words}: ${label}`);
    return element;
  };
  return el(
    'li',
    {},
    el('div', { class: 'kept-words' },
      el('p', {}, el('strong', {}, senderName(one.sender)), ' ', whyOf(one.why)),
      el('p', { class: 'sub' }, when(one.at_ms, moment(one.at_ms)), ` · ${size(one.bytes)} · ${t(one.whole ? 'quarantineWhole' : 'quarantineBeginning')}`),
      el('p', { class: 'sub detail' }, one.detail)),
    el('div', { class: 'kept-do' },
      named(button(`look-${one.id}`, t('quarantineLook'), () => showHeader(one, signal)), t('quarantineLook')),
      mayAct && one.whole && named(button(`again-${one.id}`, t('quarantineRetry'), () => attempt({ try_again: one.id }, t('stored'))), t('quarantineRetry')),
      mayAct && named(button(`remove-${one.id}`, t('quarantineRemove'), () => attempt({ throw_away: one.id }, ''), 'quiet'), t('quarantineRemove'))),
  );
}

function conflicts(list) {
  if (list.length === 0) return nothing('conflictsNone');
  const digest = (text) => el('code', { title: text }, text.slice(0, 12));
  return [
    el('p', { class: 'sub intro' }, t('conflictsIntro')),
    table('twice', ['SOP Instance UID', t('conflictKept'), t('conflictAside'), t('lastSeen')], list.map(({ instance, kept, aside, at_ms }) => [
      el('code', {}, instance), digest(kept), digest(aside), when(at_ms, moment(at_ms)),
    ]), t('conflictsTitle')),
  ];
}
