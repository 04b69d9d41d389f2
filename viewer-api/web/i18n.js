// Which language, and how it writes sentences, numbers, dates and ages.

import { WORDS as LIST_WORDS } from './words-list.js';
import { WORDS as SHARE_WORDS } from './words-share.js';
import { WORDS as PAGE_WORDS } from './words.js';

const KEPT = 'language';
const LOCALES = { en: 'en-GB', zh: 'zh-CN' };
const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];

const WORDS = {
  en: { ...PAGE_WORDS.en, ...LIST_WORDS.en, ...SHARE_WORDS.en }, zh: { ...PAGE_WORDS.zh, ...LIST_WORDS.zh, ...SHARE_WORDS.zh },
};

let spoken = first();
let formats = {};
speak(spoken);

function first() {
  const kept = read();
  if (kept in LOCALES) return kept;
  return /^zh\b/i.test(navigator.language) ? 'zh' : 'en';
}

// A browser may forbid storage; then the choice lasts as long as the page.
function read() {
  try {
    return localStorage.getItem(KEPT) ?? '';
  } catch {
    return '';
  }
}

function speak(chosen) {
  spoken = chosen;
  const locale = LOCALES[chosen];
  document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en';
  formats = {
    number: new Intl.NumberFormat(locale),
    relative: new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: chosen === 'zh' ? 'long' : 'short' }),
    date: new Intl.DateTimeFormat(locale, { year: 'numeric', month: chosen === 'zh' ? '2-digit' : 'short', day: '2-digit', timeZone: 'UTC' }),
    instant: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }),
  };
}

/** Adds sentences, of pages that are not everybody's. */
export function learn(words) {
  for (const [name, sentences] of Object.entries(words)) Object.assign(WORDS[name], sentences);
}

/** Changes to the other language and keeps the choice. */
export function toggleLanguage() {
  speak(spoken === 'zh' ? 'en' : 'zh');
  try {
    localStorage.setItem(KEPT, spoken);
  } catch {
    // As above.
  }
}

/** Which language: `en` or `zh`. */
export function language() {
  return spoken;
}

/** The sentence of a key, with its values in place. */
export function t(key, values = {}) {
  const sentence = WORDS[spoken][key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** A sentence about a number of things. */
export function counted(key, count) {
  const one = count === 1 && `${key}One` in WORDS[spoken];
  return t(one ? `${key}One` : key, { n: number(count) });
}

/** A count as the language writes it; a dash when nobody knows. */
export function number(value) {
  return typeof value === 'number' && Number.isFinite(value) ? formats.number.format(value) : '–';
}

/** How long ago a moment was. */
export function ago(then_ms, now_ms) {
  const passed_ms = Math.max(0, now_ms - then_ms);
  for (const [unit, unit_ms] of UNITS) {
    if (passed_ms >= unit_ms) return formats.relative.format(-Math.floor(passed_ms / unit_ms), unit);
  }
  return passed_ms < 10_000 ? t('justNow') : formats.relative.format(-Math.floor(passed_ms / 1000), 'second');
}

/** A moment in full. */
export function moment(then_ms) {
  return formats.instant.format(then_ms);
}

/** A DICOM date (DA) for people; as it is when it is none. */
export function day(da) {
  const parts = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(da);
  if (!parts) return da;
  return formats.date.format(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
}

/** A day of this place as DA, so many days from today. */
export function today(days = 0) {
  const now = new Date();
  const then = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (value) => String(value).padStart(2, '0');
  return `${then.getFullYear()}${two(then.getMonth() + 1)}${two(then.getDate())}`;
}

/** A DICOM time (TM) to the minute. */
export function minute(tm) {
  const parts = /^(\d\d):?(\d\d)/.exec(tm);
  return parts ? `${parts[1]}:${parts[2]}` : '';
}

/** Age on the day of the study, in months below two years; empty when a date is missing. */
export function age(birthDate, studyDate) {
  if (!/^\d{8}$/.test(birthDate) || !/^\d{8}$/.test(studyDate)) return '';
  const months = 12 * (studyDate.slice(0, 4) - birthDate.slice(0, 4)) + (studyDate.slice(4, 6) - birthDate.slice(4, 6))
    - (studyDate.slice(6) < birthDate.slice(6) ? 1 : 0);
  if (months < 0 || months > 1560) return '';
  return months < 24 ? t('ageMonths', { n: months }) : t('age', { n: Math.floor(months / 12) });
}

/** Sex by its DICOM code. */
export function sex(code) {
  return { M: t('male'), F: t('female'), O: t('other') }[code] ?? '';
}
