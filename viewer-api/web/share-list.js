// The links of a study: what state each is in, what became of it, putting its end off, taking it back.

import { getJson, isAbort, postJson, sentenceOf } from './api.js';
import { el, fill, heard } from './dom.js';
import { counted, moment, t } from './i18n.js';
import { field, number } from './share-fields.js';

const STATES = { open: 'shareStateOpen', expired: 'shareStateExpired', revoked: 'shareStateRevoked', used_up: 'shareStateUsedUp', locked: 'shareStateLocked' };
const EVENTS = {
  opened: 'shareEventOpened', wrong_pin: 'shareEventWrongPin', professional: 'shareEventProfessional', downloaded: 'shareEventDownloaded',
  extended: 'shareEventExtended', revoked: 'shareEventRevoked',
};
/** What a link bears when nobody gave a wrong PIN. */
const ALL_TRIES = 5;

/** The list, and how it is asked for anew. */
export function linkList(study, signal) {
  const place = el('div', { class: 'link-place' });
  const title = el('h3', { id: 'link-title', tabindex: '-1' }, t('shareLinks'));
  const element = el('section', { class: 'share-links', 'aria-labelledby': 'link-title' }, title, place);
  const load = async () => {
    place.setAttribute('aria-busy', 'true');
    try {
      const { links } = await getJson(`/api/links?study=${encodeURIComponent(study)}`, signal);
      const rows = links.map((link) => entry(link, { signal, changed: async () => { await load(); title.focus(); } }));
      fill(place, links.length > 0 ? el('ul', {}, ...rows) : el('p', { class: 'sub' }, t('shareNoLinks')));
    } catch (error) {
      if (!isAbort(error)) fill(place, el('p', { class: 'problem', role: 'alert' }, t(sentenceOf(error))));
    } finally {
      place.removeAttribute('aria-busy');
    }
  };
  return { element, load };
}

function entry(link, it) {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const attempt = async (work) => {
    problem.textContent = '';
    try {
      await work();
      await it.changed();
    } catch (error) {
      if (!isAbort(error)) problem.textContent = t(error.word === 'not-found' ? 'shareGone' : sentenceOf(error));
    }
  };
  const facts = [
    link.state === 'revoked' ? moment(link.revoked_ms) : t(link.state === 'expired' ? 'shareEnded' : 'shareUntil', { when: moment(link.expires_ms) }),
    t(link.allowed === 'download' ? 'shareDownload' : 'shareView'),
    link.openings_left !== null && counted('shareOpeningsLeft', link.openings_left),
    link.tries_left < ALL_TRIES && counted('shareTriesLeft', link.tries_left),
  ].filter(Boolean);
  return el(
    'li',
    { class: `link-row ${link.state}` },
    el('p', {}, el('span', { class: `tag ${link.state === 'open' ? 'good' : 'warn'}` }, t(STATES[link.state] ?? link.state)), ' ', facts.join(' · ')),
    link.note && el('p', { class: 'link-note' }, link.note),
    el('p', { class: 'sub' }, t('shareBy', { who: link.owner.replace(/^user:/, ''), when: moment(link.made_ms) })),
    past(link, it.signal),
    link.state !== 'revoked' && deeds(link, attempt, it.signal),
    problem,
  );
}

/** Asked for when somebody wants to see it. */
function past(link, signal) {
  const place = el('div', {});
  const load = async () => {
    if (!details.open) return;
    try {
      const { events } = await getJson(`/api/links/${link.id}`, signal);
      fill(place, events.length > 0 ? el('ol', { class: 'link-events' }, ...events.map(event)) : el('p', { class: 'sub' }, t('shareNothing')));
    } catch (error) {
      if (!isAbort(error)) fill(place, el('p', { class: 'problem', role: 'alert' }, t(sentenceOf(error))));
    }
  };
  const details = el('details', { on: { toggle: load } }, el('summary', {}, t('sharePast')), place);
  return details;
}

function event({ at_ms, what, addr }) {
  return el('li', {}, el('time', { datetime: new Date(at_ms).toISOString() }, moment(at_ms)), ' ', el('strong', {}, t(EVENTS[what] ?? what)), addr && el('span', { class: 'sub' }, ` ${addr}`));
}

/** Putting the end off, and taking back, which is asked twice. */
function deeds(link, attempt, signal) {
  const place = el('div', { class: 'link-do' });
  const days = number({ min: 1, max: 30, value: 7, required: true });
  const extend = (submitted) => {
    submitted.preventDefault();
    attempt(() => postJson(`/api/links/${link.id}/extend`, { days: Number(days.value) }, signal));
  };
  const revoke = () => attempt(() => postJson(`/api/links/${link.id}/revoke`, {}, signal));
  const ask = () => {
    const keep = el('button', { type: 'button', on: { click: () => draw().querySelector('.revoke').focus() } }, t('shareKeep'));
    fill(
      place,
      el('div', { class: 'link-sure', role: 'group', 'aria-label': t('shareRevokeSure') },
        el('p', {}, t('shareRevokeSure')), el('button', { type: 'button', class: 'danger', on: { click: revoke } }, t('shareRevoke')), keep),
    );
    keep.focus();
  };
  // what is locked or used up opens nothing however long it lasts
  const lasts = link.state === 'open' || link.state === 'expired';
  const draw = () => fill(
    place,
    lasts && el('form', { class: 'link-extend', on: { submit: extend } }, field('shareExtendDays', days), el('button', { type: 'submit' }, t('shareExtend'))),
    el('button', { type: 'button', class: 'revoke', on: { click: ask } }, t('shareRevoke'), heard(` ${moment(link.made_ms)}`)),
  );
  return draw();
}
