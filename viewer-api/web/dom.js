// Elements. Text becomes text nodes only; there is no way from a string to markup here.

/** An element with attributes, listeners (`on`) and children. `null`, `undefined` and `false` children are left out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  append(element, children);
  return element;
}

/** Puts children in place of what an element holds. */
export function fill(element, ...children) {
  element.textContent = '';
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

const SVG = 'http://www.w3.org/2000/svg';
const ICONS = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16.500 16.500L21 21',
  open: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  offline: 'M3 3l18 18M8.500 16.500a5 5 0 0 1 7 0M5 13a10 10 0 0 1 5-2.700M19 13a10 10 0 0 0-2.500-1.800M2 9a15 15 0 0 1 4-2.600M22 9A15 15 0 0 0 11 5M12 20h.01',
  history: 'M12 7v5l3.500 2M3.500 8A9 9 0 1 1 3 12M3 4v4h4',
  beside: 'M4 5h7v14H4zM13 5h7v14h-7z',
  share: 'M12 15V4M7.500 8L12 3.500 16.500 8M5 12v8h14v-8',
  close: 'M6 6l12 12M18 6L6 18',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5',
  document: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
};

/** A line drawing that only decorates: whatever it stands for is said in words beside it. */
export function icon(name) {
  return lines(ICONS[name], 'icon');
}

/** Lines of a path in a square of 24, which a style sheet knows by its class. */
export function lines(path, kind) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', kind);
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** Words for those who hear the page. */
export function heard(text) {
  return el('span', { class: 'heard' }, text);
}

/** A note in place of content: nothing found, a failure, with something to do about it. */
export function note(kind, title, detail, action) {
  return el(
    'div',
    { class: `note ${kind}`, role: kind === 'failed' ? 'alert' : 'status' },
    el('p', { class: 'note-title' }, title),
    detail && el('p', {}, detail),
    action && el('button', { type: 'button', on: { click: action.run } }, action.label),
  );
}

/** Grey rows in place of what is not here yet. */
export function ghosts(count) {
  return Array.from({ length: count }, () => el('div', { class: 'ghost', 'aria-hidden': 'true' }));
}
