// Block Kit's blocks, and the patching that leaves alone what the person is using.
//
// A `surface` is a modal, App Home or message: {scene, form, container, send(body) -> outcome, headingLevel}.

import { problemWords } from "./api.js";
import { askConfirm } from "./confirm.js";
import { arrange, h, icon, link, newId, safeImage } from "./dom.js";
import { GROUPED, renderElement, unsupported } from "./elements.js";
import { isEmptyValue } from "./form.js";
import { renderMarkdown } from "./markdown.js";
import { plainText, renderText } from "./mrkdwn.js";
import { keepWhole, patchChildren, placeFor } from "./patch.js";
import { renderRichText } from "./richtext.js";
import { valueProblem } from "./typing.js";
import { say, spokenLanguage } from "./words.js";

const RENDERERS = {
  section, header, divider, context, actions, context_actions: actions, image, input, video,
  rich_text: (block, { surface }) => renderRichText(block, surface.scene),
  markdown: (block, { surface }) => renderMarkdown(block.text, surface.headingLevel),
  alert,
};

const drawn = new WeakMap(); // container -> Map(key -> {json, type, node, check, ids, parts})

/**
 * Shows `blocks` in `container`. A block that is the same as before keeps its node; one that changed is made
 * like the new one, and the elements in it that stay keep theirs: value, focus, caret and all.
 */
export function showBlocks(container, blocks, surface) {
  const focus = rememberFocus(container);
  surface.form.begin();
  drawInto(container, blocks, surface);
  surface.form.end();
  restoreFocus(container, focus);
}

function drawInto(container, blocks, surface) {
  const before = drawn.get(container) ?? new Map();
  const after = new Map();
  blocks.forEach((block, index) => {
    const key = block.block_id ?? `#${index}`;
    const json = JSON.stringify(block);
    const known = before.get(key);
    if (known?.json === json) {
      surface.form.keep(key, known.check);
      after.set(key, known);
    } else {
      after.set(key, drawBlock(block, json, surface, known?.type === block.type ? known : null));
    }
  });
  arrange(container, [...after.values()].map(({ node }) => node));
  drawn.set(container, after);
}

/** `parts` are the nodes in a block that live on their own, by name: {key, node}. */
function drawBlock(block, json, surface, known) {
  const drawing = { surface, before: known?.parts ?? new Map(), parts: new Map(), ids: known?.ids ?? {} };
  const render = RENDERERS[block.type];
  const body = render ? render(block, drawing) : unsupported(block.type);
  const node = known?.node ??
    h("div", { class: `block block-${render ? block.type : "unknown"}`, data: { blockId: block.block_id ?? "" } });
  patchChildren(node, [body]);
  const check = surface.form.checkOf(block.block_id);
  return { json, type: block.type, node, check, ids: drawing.ids, parts: drawing.parts };
}

/** The part `name` of a block: the one that stands there already if `isSame` says so of its key, else a new one. */
function part(drawing, name, key, build, isSame = () => true) {
  const known = drawing.before.get(name);
  const stays = known !== undefined && isSame(known.key);
  const node = stays ? known.node : keepWhole(build());
  drawing.parts.set(name, { key, node });
  return stays ? placeFor(node) : node;
}

/** An element in its place. What was typed or chosen in it outlives a new initial value, as in Slack. */
function standing(block, element, drawing, options = {}) {
  const { form } = drawing.surface;
  const { label, required, dispatches, described } = options;
  const lasting = Object.entries(element).filter(([name]) => !name.startsWith("initial_"));
  const key = {
    whole: JSON.stringify([element, label, required, dispatches, described]),
    lasting: JSON.stringify([lasting, label, required, dispatches, described]),
  };
  const compared = form.isTouched(block.block_id, element.action_id) ? "lasting" : "whole";
  const place = placeOf(block, element, drawing.surface, options);
  form.keepOne(block.block_id, element.action_id);
  return part(
    drawing, element.action_id ?? key.whole, key, () => renderElement(element, place),
    (known) => known[compared] === key[compared],
  );
}

/** An id that the block keeps from drawing to drawing. */
function idOf(drawing, name) {
  drawing.ids[name] ??= newId(name);
  return drawing.ids[name];
}

function rememberFocus(container) {
  const node = document.activeElement;
  if (!container.contains(node) || node === container) return null;
  const blockId = node.closest("[data-block-id]")?.dataset.blockId;
  const actionId = node.closest("[data-action-id]")?.dataset.actionId;
  const { value } = node.dataset;
  const caret = "selectionStart" in node ? [node.selectionStart, node.selectionEnd] : null;
  return { node, blockId, actionId, value, caret, text: node.value };
}

function restoreFocus(container, focus) {
  if (!focus || focus.node === document.activeElement) return;
  const node = focus.node.isConnected ? focus.node : likeOf(container, focus);
  if (!node) return;
  node.focus();
  if (focus.caret && focus.caret[0] !== null && node.value === focus.text) node.setSelectionRange(...focus.caret);
}

/** What took the place of a node that had the focus and is gone. */
function likeOf(container, focus) {
  const element = [...container.querySelectorAll("[data-action-id]")].find(
    (node) => node.dataset.actionId === focus.actionId && node.closest("[data-block-id]").dataset.blockId === focus.blockId,
  );
  if (!element) return null;
  const candidates = [element, ...element.querySelectorAll("*")].filter((node) => node.matches("a, button, input, textarea"));
  return candidates.find((candidate) => candidate.dataset.value === focus.value) ?? candidates[0];
}

/** Where an element stands, as elements.js wants it. */
function placeOf(block, element, surface, options = {}) {
  const { form } = surface;
  const blockId = block.block_id;
  const place = {
    surface, blockId, fieldId: null, required: false, dispatches: true, isFieldset: false,
    get scene() {
      return surface.scene; // who is in the workspace may change while the element stands
    },
    aria: () => ({ "aria-label": options.label || plainText(element.placeholder) || words(element) }),
    register: (initial) => form.register(blockId, element.action_id, initial),
    set: (state) => form.set(blockId, element.action_id, state),
    changed: (changedElement, state, key) => {
      place.set(state);
      if (place.dispatches) place.act(changedElement, state[key], null);
    },
    act: async (actingElement, value, node) => {
      if (node?.getAttribute("aria-busy") === "true") return;
      if (actingElement.confirm && !(await askConfirm(actingElement.confirm, surface.scene))) return;
      await dispatch(surface, block, actingElement, value, node);
    },
    note: (text) => beside(surface, block, "action-note", "status", text),
    ...options,
  };
  return place;
}

const words = (element) => element.type.replace(/_/g, " ");

async function dispatch(surface, block, element, value, node) {
  surface.blockNode(block.block_id)?.querySelector(":scope > .action-said")?.remove();
  node?.setAttribute("aria-busy", "true");
  const body = { block_id: block.block_id, action_id: element.action_id, state: surface.form.stateValues() };
  if (value !== undefined) body.value = value;
  const outcome = await surface.send(body);
  node?.removeAttribute("aria-busy");
  if (outcome.error) beside(surface, block, "action-problem problem", "alert", say("action.failed", { why: problemWords(outcome) }));
}

/** Says something beside a block, in the place of what was said there before. */
function beside(surface, block, look, role, text) {
  const blockNode = surface.blockNode(block.block_id);
  blockNode?.querySelector(":scope > .action-said")?.remove();
  const sign = role === "alert" && icon("warning");
  const said = h("p", { class: `action-said ${look}`, role, lang: spokenLanguage() }, sign, text);
  blockNode?.append(said);
  said.scrollIntoView({ block: "nearest" });
}

function section(block, drawing) {
  const { scene } = drawing.surface;
  const accessory = block.accessory &&
    h("div", { class: "accessory" }, standing(block, block.accessory, drawing, {
      label: ["button", "workflow_button", "image"].includes(block.accessory.type) ? null : plainText(block.text).slice(0, 80),
    }));
  return h(
    "div", { class: "section" },
    h("div", { class: "section-body" },
      block.text && h("div", { class: "section-text" }, renderText(block.text, scene)),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, renderText(field, scene))))),
    accessory,
  );
}

function header(block, { surface }) {
  return h(`h${surface.headingLevel}`, { class: "header" }, plainText(block.text));
}

function divider() {
  return h("hr", { class: "divider" });
}

function context(block, drawing) {
  const parts = (block.elements ?? []).map((element) => {
    if (element.type === "image") return standing(block, element, drawing);
    if (element.type === "mrkdwn" || element.type === "plain_text") {
      return h("span", { class: "context-text" }, renderText(element, drawing.surface.scene));
    }
    return unsupported(element.type);
  });
  return h("div", { class: "context" }, parts);
}

function actions(block, drawing) {
  const { me } = drawing.surface.scene;
  const elements = (block.elements ?? []).filter((element) => element.visible_to_user_ids?.includes(me.id) ?? true);
  return h("div", { class: "actions" }, elements.map((element) => standing(block, element, drawing)));
}

function picture(address, alt) {
  const source = safeImage(address ?? "");
  return source ? h("img", { src: source, alt: alt ?? "", loading: "lazy" }) : null;
}

function image(block) {
  return h(
    "figure", { class: "image" },
    block.title && h("figcaption", {}, plainText(block.title)),
    picture(block.image_url ?? block.slack_file?.url, block.alt_text) ?? unsupported(say("element.no_picture")),
  );
}

function video(block, { surface }) {
  const address = block.title_url ?? block.video_url;
  const from = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return h(
    "div", { class: "video" },
    h("p", { class: "video-title" }, icon("play"), say("element.video"), link(address, plainText(block.title) || address)),
    from && h("p", { class: "muted" }, from),
    block.description && h("p", { class: "muted" }, renderText(block.description, surface.scene)),
    picture(block.thumbnail_url, block.alt_text),
  );
}

const LEVELS = new Set(["default", "info", "warning", "error", "success"]);

function alert(block, { surface }) {
  const level = LEVELS.has(block.level) ? block.level : "default";
  const name = h("strong", { lang: spokenLanguage() }, say(`element.alert_${level}`));
  const words = h("div", {}, name, ": ", renderText(block.text, surface.scene));
  return h("div", { class: `alert alert-${level}`, role: "note" }, level !== "default" && icon("warning"), words);
}

function input(block, drawing) {
  const { element } = block;
  const { surface } = drawing;
  const isGroup = GROUPED.has(element.type);
  const [fieldId, hintId, problemId] = ["field", "hint", "problem"].map((name) => idOf(drawing, name));
  const required = block.optional !== true;
  const described = [block.hint && hintId, problemId].filter(Boolean).join(" ");
  surface.form.check(block.block_id, () => {
    const state = surface.form.value(block.block_id, element.action_id);
    if (!state) return null;
    if (isEmptyValue(state)) return required ? say("field.required") : null;
    return valueProblem(element, state);
  });
  const optional = !required && h("span", { class: "optional", lang: spokenLanguage() }, say("element.optional"));
  const label = [plainText(block.label), optional];
  const rest = [
    standing(block, element, drawing, {
      fieldId, required, described, dispatches: block.dispatch_action === true, isFieldset: isGroup,
      aria: () => ({ "aria-describedby": described, "aria-required": required ? "true" : null }),
    }),
    block.hint && h("p", { id: hintId, class: "hint", data: { key: "hint" } }, plainText(block.hint)),
    // A problem that is told stays told while the block around it changes.
    part(drawing, "#problem", null, () =>
      h("p", { id: problemId, class: "field-problem problem", lang: spokenLanguage(), hidden: true })),
  ];
  if (!isGroup) return h("div", { class: "input" }, h("label", { for: fieldId, class: "label" }, label), rest);
  const role = element.type === "radio_buttons" ? "radiogroup" : null;
  const attributes = { class: "input", role, "aria-describedby": described, "aria-required": role && required ? "true" : null };
  return h("fieldset", attributes, h("legend", { class: "label" }, label), rest);
}

/**
 * Shows what is wrong at each field, and clears what no longer is.
 * @param {object} problems {block_id: words}
 * @returns {boolean} whether a field was found to hold the focus
 */
export function showProblems(container, problems) {
  let first = null;
  for (const node of container.querySelectorAll("[data-block-id]")) {
    const line = node.querySelector(".field-problem");
    if (!line) continue;
    const text = problems[node.dataset.blockId] ?? null;
    line.hidden = text === null;
    line.replaceChildren(...(text === null ? [] : [icon("warning"), text]));
    node.classList.toggle("block-wrong", text !== null);
    const fields = node.querySelectorAll("input, textarea, select");
    for (const field of fields) {
      if (text === null) field.removeAttribute("aria-invalid");
      else field.setAttribute("aria-invalid", "true");
    }
    if (text !== null) first ??= fields[0] ?? null;
  }
  first?.focus();
  first?.scrollIntoView({ block: "center" });
  return first !== null;
}
