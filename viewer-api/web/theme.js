// Dark, as reading rooms are, or light; kept in this browser.

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

/** Whether it is dark. */
export function isDark() {
  return theme === 'dark';
}

/** Changes to the other one. */
export function toggleTheme() {
  theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // A browser may forbid storage; then the choice lasts as long as the page.
  }
}
