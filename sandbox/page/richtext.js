// The rich_text block: sections, lists, quotes and code with styled pieces.

import { h, link } from "./dom.js";
import { broadcastMention, channelMention, dateNode, emojiNode, userMention } from "./mrkdwn.js";
import { say } from "./words.js";

/** A rich_text block as nodes. */
export function renderRichText(block, scene) {
  const body = h("div", { class: "rich-text" });
  for (const element of block.elements ?? []) body.append(renderPart(element, scene));
  return body;
}

function renderPart(part, scene) {
  switch (part.type) {
    case "rich_text_section":
      return pieces(h("p", { class: "rich-section" }), part.elements, scene);
    case "rich_text_quote":
      return pieces(h("blockquote", { class: "quote" }), part.elements, scene);
    case "rich_text_preformatted":
      return pieces(h("pre", { class: "code-block", tabindex: 0 }), part.elements, scene);
    case "rich_text_list":
      return list(part, scene);
    default:
      return h("p", { class: "unsupported" }, say("element.unsupported", { type: part.type }));
  }
}

function list(part, scene) {
  const isOrdered = part.style === "ordered";
  const start = isOrdered && part.offset ? part.offset + 1 : null;
  const node = h(isOrdered ? "ol" : "ul", { class: `rich-list ${part.border ? "quote" : ""}`, start, data: { indent: part.indent ?? 0 } });
  for (const item of part.elements ?? []) node.append(pieces(h("li"), item.elements, scene));
  return node;
}

function pieces(node, elements, scene) {
  for (const element of elements ?? []) node.append(styled(piece(element, scene), element.style));
  return node;
}

function piece(element, scene) {
  switch (element.type) {
    case "text":
      return document.createTextNode(element.text ?? "");
    case "link":
      return link(element.url, element.text || element.url);
    case "emoji":
      return emojiNode(element.name);
    case "user":
      return userMention(element.user_id, scene);
    case "usergroup":
      return h("span", { class: "mention" }, `@${element.usergroup_id}`);
    case "team":
      return h("span", { class: "mention" }, `@${element.team_id}`);
    case "channel":
      return channelMention(element.channel_id, scene);
    case "broadcast":
      return broadcastMention(element.range);
    case "date":
      return dateNode(new Date(element.timestamp * 1000), element.format, scene, element.url);
    case "color":
      return h("code", { class: "code" }, element.value);
    default:
      return h("span", { class: "unsupported" }, say("element.unsupported", { type: element.type }));
  }
}

const STYLE_TAGS = { code: "code", strike: "s", italic: "em", bold: "strong", underline: "u" };

function styled(node, style) {
  let wrapped = node;
  for (const [name, tag] of Object.entries(STYLE_TAGS)) {
    if (style?.[name]) wrapped = h(tag, { class: name === "code" ? "code" : null }, wrapped);
  }
  return wrapped;
}
