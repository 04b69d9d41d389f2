// Dark, as reading rooms are, or light; kept in this browser.

import { el, fill, icon } from './dom.js';
import { t } from './i18n.js';

const KEPT = 'theme';

function read() {
  try {
    return localStorage.getItem(KEPT) ?? '';
  } catch {
    return '';
  }
}

let theme = read() === 'light' ? 'light' : 'dark';
document.documentElement.dataset.theme = theme;

function isDark() {
  return theme === 'dark';
}

function toggleTheme() {
  theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // A browser may forbid storage; then the choice lasts as long as the page.
  }
}

/** A button that changes to the other one. */
export function themeButton() {
  const button = el('button', { type: 'button', class: 'quiet theme', title: t('theme') });
  const draw = () => {
    fill(button, icon(isDark() ? 'sun' : 'moon'));
    button.setAttribute('aria-label', t(isDark() ? 'light' : 'dark'));
  };
  button.addEventListener('click', () => {
    toggleTheme();
    draw();
  });
  draw();
  return button;
}
