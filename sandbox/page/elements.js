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
//   note(words)         says something beside the block

import { h, icon, newId, safeImage, safeUrl, spoken } from "./dom.js";
import { plainText, renderText } from "./mrkdwn.js";
import { showPopup } from "./popup.js";
import { isSelect, renderSelect } from "./selects.js";
import { fromField, toField } from "./time.js";
import { richTextInput, textInput } from "./typing.js";
import { say, spokenLanguage } from "./words.js";

const RENDERERS = {
  button, overflow, datepicker, timepicker, datetimepicker, checkboxes, radio_buttons: radioButtons,
  workflow_button: workflowButton, feedback_buttons: feedbackButtons, icon_button: iconButton,
  plain_text_input: textInput, number_input: textInput, email_text_input: textInput, url_text_input: textInput,
  rich_text_input: richTextInput, file_input: fileInput, image,
};

/** Element types that hold a group of fields and are named by a legend, not a label. */
export const GROUPED = new Set(["checkboxes", "radio_buttons"]);

/** An element as a node; an unknown one as a note that says so. */
export function renderElement(element, place) {
  const render = isSelect(element.type) ? renderSelect : RENDERERS[element.type];
  if (!render) return unsupported(element.type);
  const node = render(element, place);
  if (element.focus_on_load) node.dataset.focusOnLoad = "true";
  return node;
}

/** The plain note that stands for what this page can't show. */
export function unsupported(type) {
  return h("p", { class: "unsupported", data: { unsupported: type } }, say("element.unsupported", { type }));
}

function image(element) {
  return h("img", { class: "image-small", src: safeImage(element.image_url ?? element.slack_file?.url ?? ""), alt: element.alt_text ?? "", loading: "lazy" });
}

function looksOf(element) {
  const style = { primary: "button-primary", danger: "button-danger" }[element.style] ?? "";
  return {
    class: `button ${style}`, "aria-label": element.accessibility_label,
    data: { actionId: element.action_id, value: element.value },
  };
}

function button(element, place) {
  const url = element.url && safeUrl(element.url);
  const common = looksOf(element);
  const label = plainText(element.text);
  if (url) {
    const attributes = { ...common, href: url, target: "_blank", rel: "noopener noreferrer" };
    const node = h("a", attributes, label, icon("external"), spoken(say("element.new_tab")));
    node.addEventListener("click", () => place.act(element, undefined, node));
    return node;
  }
  const node = h("button", { type: "button", ...common }, label);
  node.addEventListener("click", () => place.act(element, undefined, node));
  return node;
}

/** Slack starts the workflow itself and tells the app nothing. */
function workflowButton(element, place) {
  const start = () => place.note(say("element.no_workflow"));
  return h("button", { type: "button", ...looksOf(element), on: { click: start } }, plainText(element.text));
}

function feedbackButtons(element, place) {
  const sides = [[element.positive_button, "thumbUp"], [element.negative_button, "thumbDown"]];
  const nodes = sides.map(([side, sign]) => {
    const node = h("button", {
      type: "button", class: "button button-small", "aria-label": side.accessibility_label, "aria-pressed": "false",
      data: { value: side.value },
    }, icon(sign), plainText(side.text));
    node.addEventListener("click", () => {
      for (const other of nodes) other.setAttribute("aria-pressed", String(other === node));
      place.act(element, side.value, node);
    });
    return node;
  });
  return h("div", { class: "feedback", role: "group", "aria-label": say("element.feedback"), data: { actionId: element.action_id } }, nodes);
}

function iconButton(element, place) {
  const label = plainText(element.text);
  const node = h("button", {
    type: "button", class: "button button-icon", title: label, "aria-label": element.accessibility_label ?? label,
    data: { actionId: element.action_id, value: element.value },
  }, icon(element.icon));
  node.addEventListener("click", () => place.act(element, undefined, node));
  return node;
}

/** The workspace keeps no files, and the page says so rather than pretend. */
function fileInput(element, place) {
  place.register({ type: element.type, files: [] });
  const aria = place.aria(element);
  const noteId = newId("no-files");
  return h(
    "div", { data: { actionId: element.action_id } },
    h("input", {
      id: place.fieldId, type: "file", class: "field", disabled: true, ...aria,
      "aria-describedby": [aria["aria-describedby"], noteId].filter(Boolean).join(" "),
    }),
    h("p", { id: noteId, class: "hint", lang: spokenLanguage() }, say("element.no_files")),
  );
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
    icon("dots"), spoken(say("element.more")),
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
  const menu = h("ul", { id: menuId, class: "menu", role: "menu", "aria-label": say("element.more"), hidden: true }, items);
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
  const attributes = place.isFieldset ? {} : { role, "aria-label": named["aria-label"] ?? say("element.choices") };
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
