// The slip of paper a patient takes home, in Chinese and English whatever the page speaks: on paper it is all there is of the
// page, on the screen there is nothing of it.

import { el, fill } from './dom.js';

const HOW = [
  ['zh-CN', '如何查看', ['用手机相机或微信扫描二维码。', '输入六位密码。', '请勿将密码告诉无关人员。']],
  ['en', 'How to open it', ['Point your phone’s camera at the code.', 'Enter the six digits of the PIN.', 'Give the PIN only to a doctor you trust.']],
  ['es', 'Cómo abrirlo', ['Apunte la cámara del teléfono al código.', 'Escriba los seis dígitos del PIN.', 'Dé el PIN solo a un médico de su confianza.']],
];

/** Prints the slip of a link; it is taken off the page with the dialog. */
export async function printSlip(answer, { code, pinOnSlip, signal }) {
  document.querySelector('.slip')?.remove();
  const picture = el('img', { src: code, alt: '' });
  const paper = slip(answer, picture, pinOnSlip);
  signal.addEventListener('abort', () => paper.remove());
  document.body.append(paper);
  await picture.decode().catch(() => {});
  if (!signal.aborted) window.print();
}

function slip({ link, subjects, url, pin }, picture, pinOnSlip) {
  const [first] = subjects;
  const until = date(new Date(link.expires_ms).toISOString().slice(0, 10).replaceAll('-', ''));
  const spoken = HOW.filter(([lang]) => lang !== 'es' || link.language === 'es');
  return el(
    'section',
    { class: 'slip', lang: 'zh-CN', 'aria-hidden': 'true' },
    el('h1', {}, first?.hospital ?? ''),
    el('p', {}, first?.patient ?? ''),
    el('div', { class: 'slip-code' }, picture, pinPart(pinOnSlip ? pin : null)),
    el('h2', {}, '检查 · ', el('span', { lang: 'en' }, 'Examination')),
    el('table', {}, el('tbody', {}, ...subjects.map(row))),
    el('div', { class: 'slip-how' }, ...spoken.map(([lang, title, steps]) => el('div', { lang }, el('h2', {}, title), el('ol', {}, ...steps.map((step) => el('li', {}, step)))))),
    el('p', { class: 'slip-small' }, `有效期至 ${until} · `, el('span', { lang: 'en' }, `Opens until ${until}`), el('br'), '仅供浏览，不作诊断依据。', el('span', { lang: 'en' }, 'For viewing, not for diagnosis.')),
    el('p', { class: 'slip-address' }, url),
  );
}

function pinPart(pin) {
  const part = el('div', {});
  if (pin === null) return fill(part, el('p', {}, '密码另行告知'), el('p', { lang: 'en' }, 'You are told the PIN separately'));
  return fill(part, el('p', {}, '密码 PIN'), el('p', { class: 'slip-pin' }, pin));
}

function row({ date: da, modalities, description, hospital }) {
  return el('tr', {}, ...[date(da), modalities.join(' '), description, hospital].map((words) => el('td', {}, words)));
}

/** A DICOM date as both languages read it. */
function date(da) {
  return da.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
}
