// A report's HTML as elements of ours: of what came, nothing but the text and the kind of its elements is taken.

import { el } from './dom.js';

const MOST_NODES = 20_000;
const MOST_DEPTH = 40;
const TAKEN = new Map([
  ['H1', 'h2'], ['H2', 'h3'], ['H3', 'h4'], ['H4', 'h5'], ['H5', 'h6'], ['H6', 'h6'], ['P', 'p'], ['B', 'b'], ['STRONG', 'b'],
  ['EM', 'em'], ['I', 'em'], ['BR', 'br'], ['UL', 'ul'], ['OL', 'ol'], ['LI', 'li'], ['DL', 'dl'], ['DT', 'dt'], ['DD', 'dd'],
  ['TABLE', 'table'], ['TBODY', 'tbody'], ['THEAD', 'thead'], ['TR', 'tr'], ['TH', 'th'], ['TD', 'td'], ['DIV', 'div'], ['SECTION', 'div'],
]);
const LEFT_OUT = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'TITLE', 'HEAD', 'IFRAME', 'OBJECT', 'SVG', 'MATH', 'NOSCRIPT']);

/** The report. A parsed document runs nothing and fetches nothing; attributes go before, because the page's policy would complain
    of them. */
export function reportBody(html) {
  const bare = html.replace(/<style\b[^]*?<\/style\s*>/gi, '').replace(/<(\/?[a-z][a-z0-9]*)\b[^<>]*>/gi, '<$1>');
  const parsed = new DOMParser().parseFromString(bare, 'text/html');
  const out = el('div', { class: 'report-text' });
  copy(parsed.body, out, { left: MOST_NODES }, 0);
  return out;
}

function copy(from, to, budget, depth) {
  for (const node of from.childNodes) {
    budget.left -= 1;
    if (budget.left < 0 || depth > MOST_DEPTH) return;
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE && !LEFT_OUT.has(node.nodeName.toUpperCase())) {
      const tag = TAKEN.get(node.nodeName.toUpperCase());
      const inner = tag ? el(tag, tag === 'th' ? { scope: 'row' } : {}) : to;
      copy(node, inner, budget, depth + 1);
      if (inner !== to) to.append(inner);
    }
  }
}
