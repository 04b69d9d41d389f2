// What narrows the worklist beside its text: dates, modalities, hospitals, and fields of their own; and how the text was read.

import { MODALITIES, PRESET_DAYS } from './asked.js';
import { el, fill, heard } from './dom.js';
import { day, number, t } from './i18n.js';
import { onRegion, region } from './region.js';

/** Modalities always shown; the others follow behind a button. */
const USUAL = 8;

/** The panel over what is asked; `change` gets what differs. It is drawn once and told of changes by `show`. */
export function filters({ asked, change, signal }) {
  const panel = el('details', { class: 'filters', open: window.matchMedia('(min-width: 75rem)').matches });
  const parts = { dates: el('div', {}), modalities: el('div', {}), sites: el('div', {}), fields: el('div', {}) };
  let now = asked;
  let allModalities = false;
  const more = () => {
    allModalities = true;
    drawModalities();
  };
  const drawDates = () => fill(parts.dates, ...dates(now, change));
  const drawModalities = () => fill(parts.modalities, ...modalities(now, change, allModalities, more));
  const drawSites = () => fill(parts.sites, ...sites(now, change));
  const drawFields = () => fill(parts.fields, ...fields(now, change));
  const show = (next) => {
    now = next;
    drawDates();
    drawModalities();
    drawSites();
    if (!parts.fields.contains(document.activeElement)) drawFields();
  };
  fill(
    panel,
    el('summary', {}, t('narrow')),
    group('date', parts.dates),
    group('modality', parts.modalities),
    group('hospitals', parts.sites),
    group('fields', parts.fields),
  );
  drawFields();
  show(asked);
  onRegion(drawSites, signal);
  return { panel, show };
}

/** How a text was read, and how else it may be: a day or month that it can only be is written out. */
export function readAs(possible, reading, change) {
  const said = el('span', { class: 'sub' }, t('readAs'));
  if (possible.length > 1) {
    return [said, ...possible.map(({ kind }) => chip(t(`as_${kind}`), kind === reading?.kind, () => change({ reading: kind })))];
  }
  return reading?.kind === 'date' ? [said, el('span', { class: 'read-date' }, reading.value.split('-').map(day).join(' – '))] : [];
}

function group(key, content) {
  return el('section', { class: `filter ${key}`, 'aria-label': t(key) }, el('h2', {}, t(key)), content);
}

function chip(label, pressed, click, kind = '') {
  return el('button', { type: 'button', class: `pick ${kind}`, 'aria-pressed': String(pressed), on: { click } }, label);
}

function dates(asked, change) {
  const any = !asked.preset && !asked.from && !asked.to;
  const pick = (preset) => () => change({ preset, from: '', to: '' });
  const end = (name, label) => {
    const input = el('input', { type: 'date', name, value: asked[name], 'aria-label': label });
    input.addEventListener('change', () => change({ preset: '', [name]: input.value }));
    return el('label', { class: 'end' }, el('span', {}, label), input);
  };
  return [
    el('div', { class: 'picks' }, chip(t('anyDate'), any, pick('')), ...Object.keys(PRESET_DAYS).map((key) => chip(t(key), asked.preset === key, pick(key)))),
    el('div', { class: 'ends' }, end('from', t('from')), end('to', t('to'))),
  ];
}

function modalities(asked, change, all, more) {
  const listed = MODALITIES.filter((code, i) => all || i < USUAL || asked.modalities.includes(code));
  const toggle = (code) => () => change({ modalities: toggled(asked.modalities, code) });
  return [el(
    'div',
    { class: 'picks' },
    ...listed.map((code) => chip(code, asked.modalities.includes(code), toggle(code), 'code')),
    !all && el('button', { type: 'button', class: 'pick quiet', 'aria-label': t('moreModalities'), on: { click: more } }, '…'),
  )];
}

function sites(asked, change) {
  const list = region.data?.sites ?? [];
  const toggle = (id) => () => change({ sites: toggled(asked.sites, id) });
  return [el('ul', { class: 'sites' }, ...list.map((site) => el(
    'li',
    {},
    el(
      'button',
      { type: 'button', class: `site-pick ${site.connected ? '' : 'away'}`, 'aria-pressed': String(asked.sites.includes(site.id)), on: { click: toggle(site.id) } },
      el('span', { class: 'dot', 'aria-hidden': 'true' }),
      el('span', { class: 'clip' }, site.name || site.id),
      !site.connected && el('span', { class: 'tag warn' }, t('disconnected')),
      el('span', { class: 'sub count' }, number(site.studies), heard(` ${t('studies')}`)),
    ),
  )))];
}

function fields(asked, change) {
  const field = (name, key) => {
    const input = el('input', { type: 'search', name, value: asked[name], maxlength: '64', autocomplete: 'off', spellcheck: 'false' });
    input.addEventListener('input', () => change({ [name]: input.value.trim() }));
    return el('label', { class: 'field' }, el('span', {}, t(key)), input);
  };
  return [field('name', 'patientName'), field('id', 'patientId'), field('accession', 'accession')];
}

function toggled(list, value) {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}
