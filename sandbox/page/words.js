// The page's own words, in the language of the person who looks. What an app says is the app's own matter.

import { en } from "./words/en.js";
import { fi } from "./words/fi.js";
import { sv } from "./words/sv.js";

const LANGUAGES = { en, fi, sv };
const LOCALES = { en: "en-GB", fi: "fi-FI", sv: "sv-FI" };

let language = "en";
let locale = LOCALES.en;

/**
 * Speaks the language of a locale ("sv-SE") from now on; English where the page has no words in it.
 * @returns {boolean} whether that changed the language
 */
export function speak(wanted) {
  const [spoken] = wanted.split("-");
  const before = language;
  language = spoken in LANGUAGES ? spoken : "en";
  locale = language === spoken ? wanted : LOCALES.en;
  document.documentElement.lang = language;
  return language !== before;
}

/** "fi", "sv" or "en". */
export function spokenLanguage() {
  return language;
}

/** The locale for the page's own dates and numbers. */
export function spokenLocale() {
  return locale;
}

/**
 * The words of `key`, with `values` put in; a number `n` chooses between one and many. `otherwise` is said
 * where there may be no words, as for a code that only the workspace knows.
 */
export function say(key, values = {}, otherwise = undefined) {
  let words = LANGUAGES[language][key] ?? otherwise;
  if (words === undefined) throw new Error(`the page has no words for ${key}`);
  if (Array.isArray(words)) words = words[values.n === 1 ? 0 : 1];
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
