// Block Kit's elements: buttons, menus, pickers, choices, text fields.
//
// A `place` says where an element stands:
//   scene, surface      who looks; the modal, home or message around it
//   blockId, fieldId    its block; the id a label points at
//   required            whether a value must be given
//   dispatches          whether a change is told to the app at once
//   aria(element)       naming and describing attributes
//   register(initial), set(state), changed(element, state, key)   its value (form.js)
//   act(element, value, node)   tells the app, after the element's own confirm

import { h, icon, newId, safeImage, safeUrl, spoken } from "./dom.js";
import { plainText, renderText } from "./mrkdwn.js";
import { showPopup } from "./popup.js";
import { isSelect, renderSelect } from "./selects.js";
import { fromField, toField } from "./time.js";

const RENDERERS = {
  button, overflow, datepicker, timepicker, datetimepicker, checkboxes, radio_buttons: radioButtons,
  plain_text_input: textInput, number_input: textInput, email_text_input: textInput, url_text_input: textInput,
  rich_text_input: richTextInput, image,
};

/** Element types that hold a group of fields and are named by a legend, not a label. */
export const GROUPED = new Set(["checkboxes", "radio_buttons"]);

/** An element as a node; an unknown one as a note that says so. */
export function renderElement(element, place) {
  if (isSelect(element.type)) return renderSelect(element, place);
  const render = RENDERERS[element.type];
  return render ? render(element, place) : unsupported(element.type);
}

/** The plain note that stands for what this page can't show. */
export function unsupported(type) {
  return h("p", { class: "unsupported", data: { unsupported: type } }, `unsupported: ${type}`);
}

function image(element) {
  return h("img", { class: "image-small", src: safeImage(element.image_url ?? ""), alt: element.alt_text ?? "", loading: "lazy" });
}

function button(element, place) {
  const style = { primary: "button-primary", danger: "button-danger" }[element.style] ?? "";
  const url = element.url && safeUrl(element.url);
  const common = {
    class: `button ${style}`, "aria-label": element.accessibility_label,
    data: { actionId: element.action_id, value: element.value },
  };
  const label = plainText(element.text);
  if (url) {
    const attributes = { ...common, href: url, target: "_blank", rel: "noopener noreferrer" };
    const node = h("a", attributes, label, icon("external"), spoken(" (opens in a new tab)"));
    node.addEventListener("click", () => place.act(element, undefined, node));
    return node;
  }
  const node = h("button", { type: "button", ...common }, label);
  node.addEventListener("click", () => place.act(element, undefined, node));
  return node;
}

function overflow(element, place) {
  const menuId = newId("menu");
  let hide = null;
  const opener = h(
    "button",
    {
      type: "button", class: "button button-icon", "aria-haspopup": "menu", "aria-expanded": "false",
      "aria-controls": menuId, data: { actionId: element.action_id },
    },
    icon("dots"), spoken("More actions"),
  );
  const close = (refocus) => {
    hide?.();
    hide = null;
    opener.setAttribute("aria-expanded", "false");
    if (refocus) opener.focus();
  };
  const items = (element.options ?? []).map((option) => {
    const url = option.url && safeUrl(option.url);
    const choose = () => {
      close(true);
      if (url) window.open(url, "_blank", "noopener");
      place.act(element, option, opener);
    };
    return h(
      "li", { role: "none" },
      h("button", { type: "button", role: "menuitem", tabindex: -1, data: { value: option.value }, on: { click: choose } },
        h("span", { class: "option-label" }, plainText(option.text)),
        option.description && h("span", { class: "option-description" }, plainText(option.description))),
    );
  });
  const menu = h("ul", { id: menuId, class: "menu", role: "menu", "aria-label": "More actions", hidden: true }, items);
  const entries = items.map((item) => item.firstElementChild);
  opener.addEventListener("click", () => {
    if (hide) return close(true);
    hide = showPopup(opener, menu, { align: "end" });
    opener.setAttribute("aria-expanded", "true");
    return entries[0]?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 };
    if (event.key in steps) {
      event.preventDefault();
      entries.at(steps[event.key] % entries.length).focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (event.key === "Tab") {
      close(true);
    }
  });
  menu.addEventListener("focusout", (event) => {
    if (hide && !menu.contains(event.relatedTarget) && event.relatedTarget !== opener) close(false);
  });
  return h("div", { class: "overflow" }, opener, menu);
}

/** A native date or time field; `read` turns its text into what Slack calls the value. */
function nativePicker(element, place, { fieldType, key, initial, show, read }) {
  const state = place.register({ type: element.type, [key]: initial ?? null });
  const input = h("input", {
    id: place.fieldId, type: fieldType, class: "field", value: show(state[key]), ...place.aria(element),
    data: { actionId: element.action_id },
  });
  input.addEventListener("change", () => {
    // Typed by keyboard a year passes through 0002 and 0020; nobody means those.
    if (/^0/.test(input.value) && fieldType !== "time") return;
    place.changed(element, { type: element.type, [key]: input.value ? read(input.value) : null }, key);
  });
  return input;
}

const same = (value) => value ?? "";

function datepicker(element, place) {
  return nativePicker(element, place, {
    fieldType: "date", key: "selected_date", initial: element.initial_date, show: same, read: same,
  });
}

function timepicker(element, place) {
  return nativePicker(element, place, {
    fieldType: "time", key: "selected_time", initial: element.initial_time, show: same,
    read: (text) => text.slice(0, 5),
  });
}

function datetimepicker(element, place) {
  return nativePicker(element, place, {
    fieldType: "datetime-local", key: "selected_date_time", initial: element.initial_date_time,
    show: (seconds) => (seconds ? toField(new Date(seconds * 1000), place.scene.tz) : ""),
    read: (text) => Math.floor(fromField(text, place.scene.tz).getTime() / 1000),
  });
}

function choices(element, place, fieldType, isChosen, changed) {
  const name = newId("choice");
  const fields = (element.options ?? []).map((option) => {
    const id = newId("choice-field");
    const aboutId = newId("choice-about");
    const field = h("input", {
      id, type: fieldType, name, checked: isChosen(option), "aria-describedby": option.description && aboutId,
      data: { value: option.value }, on: { change: () => changed(option, field.checked) },
    });
    return h(
      "div", { class: "choice" }, field,
      h("div", {},
        h("label", { for: id }, renderText(option.text, place.scene)),
        option.description &&
          h("div", { id: aboutId, class: "choice-about" }, renderText(option.description, place.scene))),
    );
  });
  const role = fieldType === "radio" ? "radiogroup" : "group";
  const named = place.aria(element);
  // Inside a fieldset the legend names the choices already.
  const attributes = place.isFieldset ? {} : { role, "aria-label": named["aria-label"] ?? "Choices" };
  return h("div", { class: "choices", ...attributes, data: { actionId: element.action_id } }, fields);
}

function radioButtons(element, place) {
  const state = place.register({ type: element.type, selected_option: element.initial_option ?? null });
  return choices(
    element, place, "radio",
    (option) => state.selected_option?.value === option.value,
    (option) => place.changed(element, { type: element.type, selected_option: option }, "selected_option"),
  );
}

function checkboxes(element, place) {
  const state = place.register({ type: element.type, selected_options: element.initial_options ?? [] });
  const chosen = new Set(state.selected_options.map((option) => option.value));
  return choices(
    element, place, "checkbox",
    (option) => chosen.has(option.value),
    (option, isOn) => {
      if (isOn) chosen.add(option.value);
      else chosen.delete(option.value);
      const selected = element.options.filter(({ value }) => chosen.has(value));
      place.changed(element, { type: element.type, selected_options: selected }, "selected_options");
    },
  );
}

const INPUT_TYPES = { number_input: "text", email_text_input: "email", url_text_input: "url" };
const INPUT_MODES = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };
const TYPING_PAUSE_MS = 400;

function textInput(element, place) {
  const state = place.register({ type: element.type, value: element.initial_value || null });
  const attributes = {
    id: place.fieldId, class: "field", value: state.value ?? "", placeholder: plainText(element.placeholder) || null,
    maxlength: element.max_length, ...place.aria(element), data: { actionId: element.action_id },
  };
  const field = element.multiline
    ? h("textarea", { ...attributes, rows: 4 })
    : h("input", { ...attributes, type: INPUT_TYPES[element.type] ?? "text", inputmode: INPUT_MODES[element.type] });
  const current = () => ({ type: element.type, value: field.value === "" ? null : field.value });
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let pause = null;
  field.addEventListener("input", () => {
    place.set(current());
    if (!place.dispatches || !triggers.includes("on_character_entered")) return;
    clearTimeout(pause);
    pause = setTimeout(() => place.act(element, field.value, field), TYPING_PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!sends || !place.dispatches || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    place.act(element, field.value, field);
  });
  if (!element.max_length || !element.multiline) return field;
  const count = h("p", { class: "count", "aria-hidden": "true" });
  const showCount = () => (count.textContent = `${field.value.length} / ${element.max_length}`);
  field.addEventListener("input", showCount);
  showCount();
  return h("div", {}, field, count);
}

/** Rich text typed as plain lines: what is sent is one section, which is what an app must handle anyway. */
function richTextInput(element, place) {
  const state = place.register({ type: element.type, rich_text_value: element.initial_value ?? null });
  const field = h("textarea", {
    id: place.fieldId, class: "field", rows: 4, placeholder: plainText(element.placeholder) || null,
    value: richWords(state.rich_text_value), ...place.aria(element), data: { actionId: element.action_id },
  });
  field.addEventListener("input", () => {
    const section = { type: "rich_text_section", elements: [{ type: "text", text: field.value }] };
    const value = field.value === "" ? null : { type: "rich_text", elements: [section] };
    place.set({ type: element.type, rich_text_value: value });
  });
  return field;
}

function richWords(part) {
  if (!part) return "";
  return part.text ?? (part.elements ?? []).map(richWords).join(part.type === "rich_text" ? "\n" : "");
}

/** What is wrong with a value that is not empty, in words, or null. */
export function valueProblem(element, state) {
  const value = state?.value;
  if (value === null || value === undefined) return null;
  if (element.min_length && value.length < element.min_length) return `Write at least ${element.min_length} characters.`;
  if (element.max_length && value.length > element.max_length) return `Write at most ${element.max_length} characters.`;
  if (element.type === "email_text_input" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return "Write an e-mail address.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/.test(value)) return "Write an address that starts with https://.";
  if (element.type !== "number_input") return null;
  const pattern = element.is_decimal_allowed ? /^-?\d+([.,]\d+)?$/ : /^-?\d+$/;
  const number = Number(value.replace(",", "."));
  if (!pattern.test(value)) return element.is_decimal_allowed ? "Write a number." : "Write a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value)) return `The least is ${element.min_value}.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `The most is ${element.max_value}.`;
  return null;
}
