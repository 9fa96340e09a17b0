// Block Kit's blocks, and the patching that leaves alone what the person is using.
//
// A `surface` is a modal, App Home or message: {scene, form, container, send(body) -> outcome, headingLevel}.

import { problemWords } from "./api.js";
import { askConfirm } from "./confirm.js";
import { arrange, h, icon, link, newId, safeImage } from "./dom.js";
import { GROUPED, renderElement, unsupported, valueProblem } from "./elements.js";
import { isEmptyValue } from "./form.js";
import { plainText, renderText } from "./mrkdwn.js";
import { renderRichText } from "./richtext.js";

const RENDERERS = {
  section, header, divider, context, actions, image, input, video,
  rich_text: (block, surface) => renderRichText(block, surface.scene),
};

const drawn = new WeakMap(); // container -> Map(key -> {json, node, check})

/**
 * Shows `blocks` in `container`. A block that is the same as before keeps its node; in one that
 * changed, an element of the same name keeps its value and the focus.
 */
export function showBlocks(container, blocks, surface) {
  const before = drawn.get(container) ?? new Map();
  const after = new Map();
  const focus = rememberFocus(container);
  surface.form.begin();
  blocks.forEach((block, index) => {
    const key = block.block_id ?? `#${index}`;
    const json = JSON.stringify(block);
    const known = before.get(key);
    if (known?.json === json) {
      surface.form.keep(block.block_id, known.check);
      after.set(key, known);
    } else {
      const node = renderBlock(block, surface);
      after.set(key, { json, node, check: surface.form.checkOf(block.block_id) });
    }
  });
  surface.form.end();
  arrange(container, [...after.values()].map(({ node }) => node));
  drawn.set(container, after);
  restoreFocus(container, focus);
}

function renderBlock(block, surface) {
  const render = RENDERERS[block.type];
  const body = render ? render(block, surface) : unsupported(block.type);
  return h("div", { class: `block block-${render ? block.type : "unknown"}`, data: { blockId: block.block_id ?? "" } }, body);
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
  if (!focus || focus.node.isConnected) return;
  const element = [...container.querySelectorAll("[data-action-id]")].find(
    (node) => node.dataset.actionId === focus.actionId && node.closest("[data-block-id]").dataset.blockId === focus.blockId,
  );
  if (!element) return;
  const candidates = [element, ...element.querySelectorAll("*")].filter((node) => node.matches("a, button, input, textarea"));
  const node = candidates.find((candidate) => candidate.dataset.value === focus.value) ?? candidates[0];
  if (!node) return;
  node.focus();
  if (focus.caret && focus.caret[0] !== null && node.value === focus.text) node.setSelectionRange(...focus.caret);
}

/** Where an element stands, as elements.js wants it. */
function placeOf(block, element, surface, options = {}) {
  const { form, scene } = surface;
  const blockId = block.block_id;
  const place = {
    scene, surface, blockId, fieldId: null, required: false, dispatches: true, isFieldset: false,
    aria: () => ({ "aria-label": options.label || plainText(element.placeholder) || words(element) }),
    register: (initial) => form.register(blockId, element.action_id, initial),
    set: (state) => form.set(blockId, element.action_id, state),
    changed: (changedElement, state, key) => {
      place.set(state);
      if (place.dispatches) place.act(changedElement, state[key], null);
    },
    act: async (actingElement, value, node) => {
      if (node?.getAttribute("aria-busy") === "true") return;
      if (actingElement.confirm && !(await askConfirm(actingElement.confirm, scene))) return;
      await dispatch(surface, block, actingElement, value, node);
    },
    ...options,
  };
  return place;
}

const words = (element) => element.type.replace(/_/g, " ");

async function dispatch(surface, block, element, value, node) {
  const blockNode = () => surface.blockNode(block.block_id);
  blockNode()?.querySelector(":scope > .action-problem")?.remove();
  node?.setAttribute("aria-busy", "true");
  const body = { block_id: block.block_id, action_id: element.action_id, state: surface.form.stateValues() };
  if (value !== undefined) body.value = value;
  const outcome = await surface.send(body);
  node?.removeAttribute("aria-busy");
  if (!outcome.error) return;
  const text = `This did not work: ${problemWords(outcome)}. Nothing you typed was lost; you can try again.`;
  const problem = h("p", { class: "action-problem problem", role: "alert", lang: "en" }, icon("warning"), text);
  blockNode()?.append(problem);
  problem.scrollIntoView({ block: "nearest" });
}

function section(block, surface) {
  const { scene } = surface;
  const accessory = block.accessory &&
    h("div", { class: "accessory" }, renderElement(block.accessory, placeOf(block, block.accessory, surface, {
      label: ["button", "image"].includes(block.accessory.type) ? null : plainText(block.text).slice(0, 80),
    })));
  return h(
    "div", { class: "section" },
    h("div", { class: "section-body" },
      block.text && h("div", { class: "section-text" }, renderText(block.text, scene)),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, renderText(field, scene))))),
    accessory,
  );
}

function header(block, surface) {
  return h(`h${surface.headingLevel}`, { class: "header" }, plainText(block.text));
}

function divider() {
  return h("hr", { class: "divider" });
}

function context(block, surface) {
  const parts = (block.elements ?? []).map((element) => {
    if (element.type === "image") return renderElement(element, placeOf(block, element, surface));
    if (element.type === "mrkdwn" || element.type === "plain_text") {
      return h("span", { class: "context-text" }, renderText(element, surface.scene));
    }
    return unsupported(element.type);
  });
  return h("div", { class: "context" }, parts);
}

function actions(block, surface) {
  const nodes = (block.elements ?? []).map((element) => renderElement(element, placeOf(block, element, surface)));
  return h("div", { class: "actions" }, nodes);
}

function image(block) {
  const source = safeImage(block.image_url ?? block.slack_file?.url ?? "");
  return h(
    "figure", { class: "image" },
    block.title && h("figcaption", {}, plainText(block.title)),
    source ? h("img", { src: source, alt: block.alt_text ?? "", loading: "lazy" }) : unsupported("image without an address"),
  );
}

function video(block, surface) {
  const address = block.title_url ?? block.video_url;
  const source = safeImage(block.thumbnail_url ?? "");
  return h(
    "div", { class: "video" },
    source && h("img", { src: source, alt: block.alt_text ?? "", loading: "lazy" }),
    h("p", {}, icon("play"), "Video: ", link(address, plainText(block.title) || address)),
    block.description && h("p", { class: "muted" }, renderText(block.description, surface.scene)),
  );
}

function input(block, surface) {
  const { element } = block;
  const isGroup = GROUPED.has(element.type);
  const ids = { field: newId("field"), hint: newId("hint"), problem: newId("problem") };
  const required = block.optional !== true;
  const described = [block.hint && ids.hint, ids.problem].filter(Boolean).join(" ");
  const place = placeOf(block, element, surface, {
    fieldId: ids.field, required, dispatches: block.dispatch_action === true, isFieldset: isGroup,
    aria: () => ({ "aria-describedby": described, "aria-required": required ? "true" : null }),
  });
  surface.form.check(block.block_id, () => {
    const state = surface.form.value(block.block_id, element.action_id);
    if (!state) return null;
    if (isEmptyValue(state)) return required ? "Please complete this required field." : null;
    return valueProblem(element, state);
  });
  const label = [plainText(block.label), !required && h("span", { class: "optional", lang: "en" }, " (optional)")];
  const rest = [
    renderElement(element, place),
    block.hint && h("p", { id: ids.hint, class: "hint" }, plainText(block.hint)),
    h("p", { id: ids.problem, class: "field-problem problem", hidden: true }),
  ];
  if (!isGroup) return h("div", { class: "input" }, h("label", { for: ids.field, class: "label" }, label), rest);
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
