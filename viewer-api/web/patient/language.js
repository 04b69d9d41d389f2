// Which language the page speaks, and how it writes names, dates and numbers.

import { EN } from './spoken-en.js';
import { ES } from './spoken-es.js';
import { ZH } from './spoken-zh.js';

const KEPT = 'patient-language';
const SPOKEN = { zh: ZH, en: EN, es: ES };
const LOCALES = { zh: 'zh-CN', en: 'en-GB', es: 'es' };
const EAST_ASIAN = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[\ud840-\ud87f]/;

/** Languages as their speakers call them. */
export const LANGUAGES = [['zh', '中文'], ['en', 'English'], ['es', 'Español']];

let spoken = 'en';
let formats = {};
speak(kept() ?? wished(navigator.languages) ?? 'en');

function kept() {
  try {
    const choice = localStorage.getItem(KEPT);
    return choice in SPOKEN ? choice : null;
  } catch {
    return null; // A browser may forbid storage; then the choice lasts as long as the page.
  }
}

function wished(tags) {
  return (tags ?? []).map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in SPOKEN);
}

function speak(language) {
  spoken = language;
  const locale = LOCALES[language];
  document.documentElement.lang = locale;
  formats = {
    number: new Intl.NumberFormat(locale),
    day: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }),
    moment: new Intl.DateTimeFormat(locale, { dateStyle: 'long' }),
  };
  document.title = t('title');
}

/** Speaks the language of the link, unless the reader has chosen another one. */
export function speakAsLink(language) {
  if (language in SPOKEN && kept() === null) speak(language);
}

/** Speaks the language that the reader chose, and keeps the choice. */
export function chooseLanguage(language) {
  if (!(language in SPOKEN)) return;
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // As above.
  }
  speak(language);
}

/** Which language: `zh`, `en` or `es`. */
export function language() {
  return spoken;
}

/** The sentence of a key, with its values in place. */
export function t(key, values = {}) {
  return (SPOKEN[spoken][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** A sentence about a number of things. */
export function counted(key, count) {
  const one = count === 1 && `${key}One` in SPOKEN[spoken];
  return t(one ? `${key}One` : key, { n: number(count) });
}

/** A number as the language writes it. */
export function number(value) {
  return formats.number.format(value);
}

/** Bytes for people. */
export function size(bytes) {
  const unit = bytes < 1e6 ? ['kilobyte', 1e3] : bytes < 1e9 ? ['megabyte', 1e6] : ['gigabyte', 1e9];
  const digits = unit[1] === 1e9 ? 1 : 0;
  return new Intl.NumberFormat(LOCALES[spoken], { style: 'unit', unit: unit[0], maximumFractionDigits: digits })
    .format(bytes / unit[1]);
}

/** A DICOM date (DA) for people; as it is when it is none. */
export function day(da) {
  const parts = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(da);
  return parts ? formats.day.format(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]))) : da;
}

/** The day of a moment. */
export function dayOf(then_ms) {
  return Number.isFinite(then_ms) ? formats.moment.format(then_ms) : '';
}

/** A DICOM time (TM) to the minute. */
export function minute(tm) {
  const parts = /^(\d\d):?(\d\d)/.exec(tm);
  return parts ? `${parts[1]}:${parts[2]}` : '';
}

/** A person's name for this reader: in characters for readers of Chinese, in letters for others. */
export function personName({ ideographic, alphabetic }) {
  const [first, second] = spoken === 'zh' ? [ideographic, alphabetic] : [alphabetic, ideographic];
  return inOrder(first) || inOrder(second);
}

/** family^given^middle^prefix^suffix (PS3.5 6.2.1.1) in the order in which names are said. */
function inOrder(group) {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = (group ?? '').split('^').map((part) => part.trim());
  if (EAST_ASIAN.test(group ?? '')) return [family, given, middle].filter(Boolean).join('');
  return [prefix, given, middle, family, suffix].filter(Boolean).join(' ');
}

/** Sex by its DICOM code. */
export function sex(code) {
  return { M: t('male'), F: t('female') }[code] ?? '';
}

/** A kind of examination (modality) in words that patients know; its code when there are none. */
export function modality(code) {
  const key = `modality${code}`;
  return key in SPOKEN[spoken] ? t(key) : code;
}
