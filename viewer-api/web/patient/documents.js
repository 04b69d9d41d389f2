// Documents (PDF) and reports (SR) to read.

import { answered, getJson, isAbort, mayPass, pause, readingOn, waitBefore_ms } from './ask.js';
import { el, fill } from './dom.js';
import { instancePath, instancesOf } from './frames.js';
import { drawing } from './icons.js';
import { number, t } from './language.js';
import { reportBody } from './report.js';
import { seriesName } from './series-name.js';

/** A series of documents or reports, one below the other. */
export function documentView(study, series, signal) {
  const name = seriesName(series);
  const place = el('div', { class: 'papers' }, waiting());
  const first = { series: series.uid, uid: series.first.uid };
  const show = (instances) => {
    const numbered = (i) => (instances.length > 1 ? i + 1 : 0);
    fill(place, ...instances.map((instance, i) => paper(study, series, instance, numbered(i), signal)));
  };
  if (series.instances > 1) all(study, series, signal).then((rows) => show(rows.length > 0 ? rows : [first]), () => show([first]));
  else show([first]);
  return el('section', { class: 'reading', 'aria-label': name, tabindex: '0' }, place);
}

async function all(study, series, signal) {
  const query = new URLSearchParams({ study: study.uid, series: series.uid });
  return instancesOf(series.uid, await getJson(`/s/api/series?${query}`, signal));
}

function paper(study, series, instance, place, signal) {
  const title = [seriesName(series), place > 0 ? number(place) : ''].filter(Boolean).join(' ');
  const address = `${instancePath(study.uid, instance)}/rendered`;
  return series.kind === 'report' ? report(title, address, signal) : pdf(title, address, signal);
}

function report(title, address, signal) {
  const body = el('div', { class: 'report-body' }, waiting());
  again(body, signal, async () => {
    const response = await answered(address, { headers: { Accept: 'text/html' }, signal });
    fill(body, reportBody(await readingOn(response.text())));
  });
  return el('article', { class: 'paper report', 'aria-label': title }, body);
}

/** Opened by the browser itself, which reads PDF better than a page could; shown in place where it does that. */
function pdf(title, address, signal) {
  const place = el('div', { class: 'pdf-place' }, waiting());
  again(place, signal, async () => {
    const response = await answered(address, { headers: { Accept: 'application/pdf' }, signal });
    response.body?.cancel();
    const open = `${address}?accept=application/pdf`;
    fill(
      place,
      el(
        'a',
        { class: 'button primary open-document', href: open, target: '_blank', rel: 'noopener' },
        drawing('open'),
        t('openDocument'),
      ),
      el('p', { class: 'hint' }, t('openDocumentHint')),
      navigator.pdfViewerEnabled && matchMedia('(min-width: 60rem)').matches
        && el('iframe', { class: 'pdf', src: open, title }),
    );
  });
  return el('article', { class: 'paper', 'aria-label': title }, el('h2', {}, title), place);
}

/** Until it is there, or never will be. */
async function again(place, signal, attempt) {
  for (let count = 0; !signal.aborted; count += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (isAbort(error)) return;
      if (!mayPass(error)) {
        fill(place, el('p', { class: 'told-paper', role: 'status' }, t('cannotBeShownObject')));
        return;
      }
      fill(place, el('p', { class: 'told-paper', role: 'status' }, t(error.kind === 'offline' ? 'waitingNetwork' : 'notAvailable')));
      await pause(waitBefore_ms(count, error), signal).catch(() => null);
    }
  }
}

function waiting() {
  return el('p', { class: 'told-paper', role: 'status' }, t('loading'));
}
