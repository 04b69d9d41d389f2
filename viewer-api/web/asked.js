// What the worklist is asked: by chips and fields, and by one text that is read as what it looks like.

import { today } from './i18n.js';

const KEPT = 'worklist';
const MODALITIES = ['CT', 'MR', 'DX', 'CR', 'US', 'MG', 'XA', 'RF', 'NM', 'PT', 'ES', 'SM', 'OP', 'IO', 'SC', 'SR', 'ECG', 'OT'];
const PRESET_DAYS = { today: 1, week: 7, month: 30 };
const WORDS = { 姓名: 'name', name: 'name', 编号: 'id', id: 'id', 检查号: 'accession', accession: 'accession', acc: 'accession' };

export { MODALITIES, PRESET_DAYS };

/** What nobody narrowed. */
export function nothingAsked() {
  return {
    text: '', reading: '', name: '', id: '', accession: '', preset: '', from: '', to: '', modalities: [], sites: [],
    ascending: false,
  };
}

/** Whether anything was narrowed. */
export function isAsked(asked) {
  const { ascending, reading, ...narrowing } = asked;
  return Object.values(narrowing).some((value) => value.length > 0);
}

/** What was asked before the page was loaded again. Names of patients stay in this tab and never reach an address. */
export function keptAsked() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
    const empty = nothingAsked();
    const known = Object.entries(kept).filter(([key, value]) => typeof value === typeof empty[key] && Array.isArray(value) === Array.isArray(empty[key]));
    return { ...empty, ...Object.fromEntries(known) };
  } catch {
    return nothingAsked();
  }
}

/** Keeps what is asked while this tab is open; `null` forgets it. */
export function keepAsked(asked) {
  try {
    if (asked) sessionStorage.setItem(KEPT, JSON.stringify(asked));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // A browser may forbid storage; then it lasts as long as the page.
  }
}

/** How a text may be read, the likeliest first: `name`, `id`, `accession`, `date`, `uid`. */
export function readings(text) {
  const typed = text.trim();
  if (!typed) return [];
  const prefixed = /^([\p{L}]+)\s*[:：]\s*(.+)$/u.exec(typed);
  const word = prefixed && WORDS[prefixed[1].toLowerCase()];
  if (word) return [{ kind: word, value: prefixed[2].trim() }];
  const as = (...kinds) => kinds.filter(Boolean).map((kind) => ({ kind, value: kind === 'date' ? dateOf(typed) : typed }));
  if (/^\d+(\.\d+){3,}$/.test(typed)) return as('uid');
  if (/^\d{4}[-./年]/.test(typed) && dateOf(typed)) return as('date');
  if (/^\d+$/.test(typed)) return as('id', 'accession', dateOf(typed) && 'date');
  return /\d/.test(typed) ? as('id', 'accession', 'name') : as('name', 'id', 'accession');
}

/** What people write of a day or of a whole month, as DA or as a range of it (PS3.4 C.2.2.2.5); empty when it is none. */
function dateOf(text) {
  const parts = /^(\d{4})[-./](\d{1,2})(?:[-./](\d{1,2}))?$/.exec(text)
    ?? /^(\d{4})年(\d{1,2})(?:月(?:(\d{1,2})日?)?)?$/.exec(text) ?? /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  if (!parts) return '';
  const [year, month] = parts.slice(1).map(Number);
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const [from, to] = parts[3] ? [Number(parts[3]), Number(parts[3])] : [1, last];
  if (year < 1900 || month < 1 || month > 12 || from < 1 || to > last) return '';
  const da = (day) => `${parts[1]}${[month, day].map((part) => String(part).padStart(2, '0')).join('')}`;
  return from === to ? da(from) : `${da(from)}-${da(to)}`;
}

/** The query string of QIDO-RS (PS3.18 10.6) of what is asked, the text read as `reading`. */
export function queryOf(asked, reading) {
  const out = new URLSearchParams();
  const put = (kind, value) => {
    if (kind === 'name') {
      // Parts of a name in the order typed; the index knows scripts and spellings.
      const parts = value.split(/[\s,，、^=*?\\]+/).filter(Boolean);
      out.set('PatientName', `${parts.join('*')}*`);
      out.set('fuzzymatching', 'true');
    } else if (kind === 'uid') out.set('StudyInstanceUID', value);
    else if (kind !== 'date') out.set(kind === 'id' ? 'PatientID' : 'AccessionNumber', begins(value));
  };
  for (const kind of ['name', 'id', 'accession']) if (asked[kind]) put(kind, asked[kind]);
  if (reading) put(reading.kind, reading.value);
  const dates = reading?.kind === 'date' ? reading.value : range(asked);
  if (dates) out.set('StudyDate', dates);
  if (asked.modalities.length > 0) out.set('ModalitiesInStudy', asked.modalities.join(','));
  return out;
}

function begins(value) {
  return /[*?]/.test(value) ? value : `${value}*`;
}

function range({ preset, from, to }) {
  if (preset in PRESET_DAYS) return `${today(1 - PRESET_DAYS[preset])}-`;
  const [first, last] = [from, to].map((date) => date.replaceAll('-', ''));
  if (!first && !last) return '';
  return first && last && first > last ? `${last}-${first}` : `${first}-${last}`;
}
