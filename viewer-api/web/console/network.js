// The devices of the hospital's network: who is known, and who called and is not.

import { el } from '../dom.js';
import { number, t } from '../i18n.js';
import { aged, button, nothing, section, table, tellAges, trying } from './parts.js';
import { known, onReport } from './report.js';

const typed = new Map();
const secured = new Set();

/** The page. */
export function network({ user, signal }) {
  const { said, attempt } = trying();
  const deeds = { mayAct: user.role === 'operator', attempt };
  const unknown = section('strangers', 'strangersTitle', (data) => strangers(data, deeds));
  const peers = section('peers', 'peersTitle', (list) => knownPeers(list, deeds));
  const own = section('own', 'ownTitle', ownPlace);
  const draw = ({ report }) => {
    if (!report) return;
    unknown.show(report.strangers);
    peers.show(report.peers);
    own.show([report.ae_title, report.dimse]);
    tellAges(unknown.element);
  };
  onReport(draw, signal);
  draw({ report: known() });
  return el(
    'div',
    { class: 'console-page' },
    el('h1', { class: 'heard' }, t('navNetwork')),
    said,
    el('div', { class: 'console-home two' }, unknown.element, peers.element, own.element),
  );
}

function strangers(list, { mayAct, attempt }) {
  if (list.length === 0) return nothing('strangersNone');
  return [
    el('p', { class: 'sub intro' }, t('strangersIntro')),
    el('ul', { class: 'kept-list' }, ...list.map(({ ae_title: title, from, times, last_ms }) => {
      const key = `${title}-${from}`;
      const port = portField(key, `${title}, ${from}`);
      const tls = tlsField(key, `${title}, ${from}`);
      const allow = button(`allow-${title}-${from}`, t('allow'), () => {
        const input = port.querySelector('input');
        if (!input.reportValidity()) return;
        const calls = input.value === '' ? { port: null } : { port: Number(input.value), tls: secured.has(key) };
        attempt({ allow: { ae_title: title, from, ...calls } }, t(calls.port === null ? 'allowed' : 'allowedBoth', { name: title }));
      }, 'primary');
      allow.setAttribute('aria-label', `${t('allow')}: ${title}, ${from}`);
      const ignore = button(`ignore-${title}-${from}`, t('ignore'), () => attempt({ forget: { ae_title: title, from } }, ''), 'quiet');
      ignore.setAttribute('aria-label', `${t('ignore')}: ${title}, ${from}`);
      return el(
        'li',
        {},
        el('div', { class: 'kept-words' }, el('p', {}, el('strong', {}, title), ` ${from}`), el('p', { class: 'sub' }, aged(last_ms, (age) => `${number(times)} × · ${age}`))),
        mayAct && el('div', { class: 'kept-do' }, port, tls, allow, ignore),
      );
    })),
  ];
}

/** Where the device listens, for those that are called as well. What was typed stays when the list is drawn again. */
function portField(key, name) {
  const label = `${t('peerPort')}: ${name}`;
  const input = el('input', {
    type: 'number', min: '1', max: '65535', step: '1', inputmode: 'numeric', placeholder: t('peerPortHint'), value: typed.get(key) ?? '',
    'aria-label': label, 'data-key': `port-${key}`, on: { input: (event) => typed.set(key, event.target.value) },
  });
  return el('label', { class: 'field port' }, el('span', { 'aria-hidden': 'true' }, t('peerPort')), input);
}

/** Whether it is called over TLS there. */
function tlsField(key, name) {
  const input = el('input', {
    type: 'checkbox', checked: secured.has(key), 'aria-label': `${t('peerTls')}: ${name}`, 'data-key': `tls-${key}`,
    on: { change: (event) => (event.target.checked ? secured.add(key) : secured.delete(key)) },
  });
  return el('label', { class: 'field tls' }, el('span', { 'aria-hidden': 'true' }, t('peerTls')), input);
}

function knownPeers(list, { mayAct, attempt }) {
  if (list.length === 0) return nothing('peersNone');
  const heads = ['peerTitle', 'peerFrom', 'peerAddress', 'peerSource'].map((key) => t(key));
  return table('known', heads, list.map(({ ae_title: title, from, address, tls, allowed_here: here }) => {
    const forget = mayAct && here && button(`forget-${title}-${from[0]}`, t('forget'), () => attempt({ forget: { ae_title: title, from: from[0] } }, t('forgotten', { name: title })), 'quiet');
    if (forget) forget.setAttribute('aria-label', `${t('forget')}: ${title}`);
    return [title, from.join(', ') || t('peerAnywhere'), address ? `${address}${tls ? ' · TLS' : ''}` : '–', el('span', {}, t(here ? 'peerHere' : 'peerConfigured'), ' ', forget || '')];
  }), t('peersTitle'));
}

function ownPlace([title, address]) {
  return el('dl', { class: 'facts' },
    el('div', {}, el('dt', {}, t('ownAe')), el('dd', {}, el('code', {}, title))),
    el('div', {}, el('dt', {}, t('ownAddress')), el('dd', {}, el('code', {}, address))));
}
