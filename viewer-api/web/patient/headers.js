// What an instance's header (PS3.18 annex F) says about showing it, read defensively.

import { answered } from './ask.js';
import { instancePath } from './frames.js';

/** The most bytes read of a header: those of instances with thousands of frames are not worth waiting for. */
const MOST_BYTES = 3 << 20;
const TAG = {
  center: '00281050', width: '00281051', rows: '00280010', columns: '00280011', samples: '00280002',
  rate: '00082144', cineRate: '00180040', frameTime: '00181063', perFrame: '52009230', inAll: '52009229', voi: '00289132',
  content: '0040A730', evidence: '0040A375', inSeries: '00081115', seriesUid: '0020000E', references: '00081199',
  referenced: '00081155', frame: '00081160',
};
const known = new Map(); // path to a promise

/** The header of an instance; null when there is none to be had. */
export function headerOf(study, instance, signal) {
  const path = `${instancePath(study, instance)}/metadata`;
  if (!known.has(path)) {
    const reading = read(path, signal).catch(() => {
      known.delete(path);
      return null;
    });
    known.set(path, reading);
    if (known.size > 200) known.delete(known.keys().next().value);
  }
  return known.get(path);
}

async function read(path, signal) {
  const response = await answered(path, { headers: { Accept: 'application/dicom+json' }, signal });
  const reader = response.body.getReader();
  const parts = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > MOST_BYTES) {
      reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const rows = JSON.parse(await new Blob(parts).text());
  return Array.isArray(rows) ? rows[0] ?? null : rows;
}

const values = (row, tag) => (Array.isArray(row?.[tag]?.Value) ? row[tag].Value : []);
const number = (row, tag) => {
  const value = Number.parseFloat(values(row, tag)[0]);
  return Number.isFinite(value) ? value : null;
};

/** What showing needs: `side` (the longer one, in pixels), `window` (as stored), `isColour`, `perSecond` (frames). */
export function shownAs(header) {
  const shared = values(header, TAG.inAll)[0];
  const first = values(header, TAG.perFrame)[0];
  const windowed = [header, values(shared, TAG.voi)[0], values(first, TAG.voi)[0]]
    .map((row) => ({ center: number(row, TAG.center), width: number(row, TAG.width) }))
    .find(({ center, width }) => center !== null && width > 0);
  const frameTime_ms = number(header, TAG.frameTime);
  return {
    side: Math.max(number(header, TAG.rows) ?? 0, number(header, TAG.columns) ?? 0),
    window: windowed ?? null,
    isColour: (number(header, TAG.samples) ?? 1) > 1,
    perSecond: number(header, TAG.rate) ?? number(header, TAG.cineRate) ?? (frameTime_ms > 0 ? 1000 / frameTime_ms : null),
  };
}

/** The images that a key object selection (PS3.3 A.35.4) names, in its order, as instances of one frame each. */
export function keyImages(header) {
  const series = new Map();
  for (const procedure of values(header, TAG.evidence)) {
    for (const row of values(procedure, TAG.inSeries)) {
      for (const reference of values(row, TAG.references)) {
        series.set(values(reference, TAG.referenced)[0], values(row, TAG.seriesUid)[0]);
      }
    }
  }
  const out = [];
  for (const item of values(header, TAG.content)) {
    for (const reference of values(item, TAG.references)) {
      const uid = values(reference, TAG.referenced)[0];
      if (typeof series.get(uid) !== 'string') continue;
      const frames = values(reference, TAG.frame).map(Number).filter((frame) => frame > 0);
      const those = frames.length > 0 ? frames : [null];
      out.push(...those.map((only) => ({ series: series.get(uid), uid, frames: 1, only })));
    }
  }
  return out;
}
