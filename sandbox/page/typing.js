// Fields that are typed in: what they hold, when the app is told, what is wrong with it.

import { h, newId } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { markupOf, richTextOf } from "./richtyping.js";
import { say, spokenLanguage } from "./words.js";

const INPUT_TYPES = { number_input: "text", email_text_input: "email", url_text_input: "url" };
const INPUT_MODES = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };
const TYPING_PAUSE_MS = 400;

/** A text, number, e-mail or address field. */
export function textInput(element, place) {
  const state = place.register({ type: element.type, value: element.initial_value || null });
  const attributes = {
    id: place.fieldId, class: "field", value: state.value ?? "", placeholder: plainText(element.placeholder) || null,
    maxlength: element.max_length, ...place.aria(element), data: { actionId: element.action_id },
  };
  const field = element.multiline
    ? h("textarea", { ...attributes, rows: 4 })
    : h("input", { ...attributes, type: INPUT_TYPES[element.type] ?? "text", inputmode: INPUT_MODES[element.type] });
  const current = () => ({ type: element.type, value: field.value === "" ? null : field.value });
  field.addEventListener("input", () => place.set(current()));
  if (place.dispatches) tellWhileTyping(field, element, place, () => field.value);
  if (!element.max_length || !element.multiline) return field;
  const count = h("p", { class: "count", "aria-hidden": "true" });
  const showCount = () => (count.textContent = `${field.value.length} / ${element.max_length}`);
  field.addEventListener("input", showCount);
  showCount();
  return h("div", {}, field, count);
}

/** Rich text, typed as markup. */
export function richTextInput(element, place) {
  const state = place.register({ type: element.type, rich_text_value: element.initial_value ?? null });
  const hintId = newId("markup");
  const aria = place.aria(element);
  const field = h("textarea", {
    id: place.fieldId, class: "field", rows: 4, placeholder: plainText(element.placeholder) || null,
    value: markupOf(state.rich_text_value), ...aria, "aria-describedby": [aria["aria-describedby"], hintId].filter(Boolean).join(" "),
    data: { actionId: element.action_id },
  });
  const value = () => richTextOf(field.value);
  field.addEventListener("input", () => place.set({ type: element.type, rich_text_value: value() }));
  if (place.dispatches) tellWhileTyping(field, element, place, value);
  return h("div", {}, field, h("p", { id: hintId, class: "hint", lang: spokenLanguage() }, say("element.markup")));
}

/**
 * Tells the app what is typed: on Enter, or at every pause. One call at a time, and the last words always:
 * what is typed while the app thinks goes out after it, and what is typed last goes out before the field is left.
 */
function tellWhileTyping(field, element, place, value) {
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let pause = null;
  let isTelling = false;
  let hasMore = false;
  const tell = async () => {
    clearTimeout(pause);
    pause = null;
    hasMore = true;
    if (isTelling) return;
    isTelling = true;
    try {
      while (hasMore) {
        hasMore = false;
        await place.act(element, value(), null);
      }
    } finally {
      isTelling = false;
    }
  };
  if (triggers.includes("on_character_entered")) {
    field.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(tell, TYPING_PAUSE_MS);
    });
    field.addEventListener("blur", () => pause !== null && tell());
  }
  if (triggers.includes("on_enter_pressed")) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      tell();
    });
  }
}

const WRONG_FORMATS = {
  email_text_input: { fits: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, words: "field.email" },
  url_text_input: { fits: /^https?:\/\/\S+$/, words: "field.url" },
};

/** What is wrong with a value that is not empty, in words, or null. */
export function valueProblem(element, state) {
  const value = state?.value;
  if (value === null || value === undefined) return null;
  if (element.min_length && value.length < element.min_length) return say("field.too_short", { n: element.min_length });
  if (element.max_length && value.length > element.max_length) return say("field.too_long", { n: element.max_length });
  const format = WRONG_FORMATS[element.type];
  if (format && !format.fits.test(value)) return say(format.words);
  return element.type === "number_input" ? numberProblem(element, value) : null;
}

function numberProblem(element, value) {
  const pattern = element.is_decimal_allowed ? /^-?\d+([.,]\d+)?$/ : /^-?\d+$/;
  const number = Number(value.replace(",", "."));
  if (!pattern.test(value)) return say(element.is_decimal_allowed ? "field.number" : "field.whole");
  if (element.min_value !== undefined && number < Number(element.min_value)) return say("field.least", { n: element.min_value });
  if (element.max_value !== undefined && number > Number(element.max_value)) return say("field.most", { n: element.max_value });
  return null;
}
