// What is to be looked at: what could not be taken in, and what came twice with other bytes.

import { getJson, isAbort } from '../api.js';
import { el, fill, ghosts } from '../dom.js';
import { moment, t } from '../i18n.js';
import { copies, held, unreported } from './copies.js';
import { failures, whyOf } from './failures.js';
import { showHeader } from './header.js';
import { button, failed, nothing, section, senderName, size, table, tellAges, trying, when } from './parts.js';
import { known, onReport } from './report.js';

/** The page. */
export function problems({ user, signal }) {
  const { said, attempt } = trying();
  const deeds = { mayAct: user.role === 'operator', signal, attempt };
  const going = section('copies', 'copiesTitle', (data) => copies(data, deeds));
  const untold = section('reports', 'reportsTitle', (data) => unreported(data, deeds));
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
    wrong.show(report.failures);
    // hospitals without rules need not know that there are any
    going.element.hidden = report.routes.length === 0;
    going.show(report.routes);
    untold.element.hidden = report.unreported.length === 0;
    untold.show(report.unreported);
    back.element.hidden = report.held.length === 0;
    back.show(report.held);
    tellAges(place);
    const now = JSON.stringify([report.holdings.quarantined, report.holdings.conflicts, report.failures]);
    if (now !== seen) load();
    seen = now;
  };
  const place = el('div', { class: 'console-home two' }, kept.element, going.element, untold.element, back.element, aside.element, wrong.element);
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
    quarantineDeeds(one, { mayAct, signal, attempt, named }),
  );
}

/** Removing is asked twice: nothing brings it back. */
function quarantineDeeds(one, { mayAct, signal, attempt, named }) {
  const place = el('div', { class: 'kept-do' });
  const still = t('quarantineStill', { why: whyOf(one.why), detail: one.detail });
  const look = () => named(button(`look-${one.id}`, t('quarantineLook'), () => showHeader(one, signal)), t('quarantineLook'));
  const retry = () => attempt({ try_again: one.id }, t('stored'), still);
  const again = () => named(button(`again-${one.id}`, t('quarantineRetry'), retry), t('quarantineRetry'));
  const remove = () => named(button(`remove-${one.id}`, t('quarantineRemove'), ask, 'quiet'), t('quarantineRemove'));
  const draw = () => fill(place, look(), mayAct && one.whole && again(), mayAct && remove());
  const ask = () => {
    const keep = button(`keep-${one.id}`, t('shareKeep'), () => draw().querySelector(':scope > :last-child').focus());
    const sure = button(`sure-${one.id}`, t('quarantineRemove'), () => attempt({ throw_away: one.id }, ''), 'danger');
    const asked = { class: 'link-sure', role: 'group', 'aria-label': t('quarantineSure') };
    fill(place, el('div', asked, el('p', {}, t('quarantineSure')), sure, keep));
    keep.focus();
  };
  return draw();
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
