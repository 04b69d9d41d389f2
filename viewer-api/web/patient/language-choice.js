// The choice of a language.

import { el } from './dom.js';
import { LANGUAGES, chooseLanguage, language, t } from './language.js';

/** Buttons, one for each language; `changed` is called after another one was chosen. */
export function languageChoice(changed) {
  const button = ([code, name]) => el(
    'button',
    { type: 'button', lang: code, 'aria-pressed': String(language() === code), on: { click: () => {
      if (language() === code) return;
      chooseLanguage(code);
      changed();
    } } },
    name,
  );
  return el('div', { class: 'languages', role: 'group', 'aria-label': t('language') }, ...LANGUAGES.map(button));
}
