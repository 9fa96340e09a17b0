// Light or dark: as the device says, unless somebody chose.

const KEY = "workspace.theme";

export const THEMES = ["auto", "light", "dark"];

/** "auto", "light" or "dark". */
export function chosenTheme() {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    return document.documentElement.dataset.theme ?? "auto"; // storage switched off: it lasts until a reload
  }
}

/** Shows this theme from now on, and after a reload. */
export function chooseTheme(name) {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Without storage only a reload forgets.
  }
  showTheme(name);
}

/** Shows a theme. */
export function showTheme(name) {
  document.documentElement.dataset.theme = name;
}
