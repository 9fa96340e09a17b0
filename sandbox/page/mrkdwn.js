// Slack's mrkdwn to nodes. Whatever is not markup stays text; no HTML is ever parsed.

import { h, link, safeUrl } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { slackDate } from "./time.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Text with Slack's three entities undone. */
export function unescape(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/**
 * A fragment for mrkdwn text.
 * @param {object} scene who looks and whom they know (main.js makes it)
 * @param {{verbatim?: boolean}} [options] verbatim: bare addresses stay text
 */
export function renderMrkdwn(text, scene, { verbatim = false } = {}) {
  const out = document.createDocumentFragment();
  const parts = String(text ?? "").split("```");
  if (parts.length % 2 === 0) parts.push(`\`\`\`${parts.pop()}`); // a fence never closed is text
  let pending = "";
  parts.forEach((part, index) => {
    const isFenced = index % 2 === 1 && index < parts.length - 1;
    if (!isFenced) {
      pending += part;
      return;
    }
    lines(pending.replace(/\n$/, ""), scene, verbatim, out);
    out.append(h("pre", { class: "code-block", tabindex: 0 }, unescape(part.replace(/^\n|\n$/g, ""))));
    pending = "";
  });
  lines(out.childNodes.length ? pending.replace(/^\n/, "") : pending, scene, verbatim, out);
  return out;
}

const QUOTE = /^(?:&gt;|>) ?/;
const QUOTE_REST = /^(?:&gt;|>){3} ?/;

function lines(text, scene, verbatim, out) {
  if (text === "") return;
  let quote = null;
  let restQuoted = false;
  let previousWasText = false;
  for (let line of text.split("\n")) {
    if (!restQuoted && QUOTE_REST.test(line)) {
      restQuoted = true;
      line = line.replace(QUOTE_REST, "");
    } else if (!restQuoted && QUOTE.test(line)) {
      line = line.replace(QUOTE, "");
    } else if (!restQuoted) {
      quote = null;
      if (previousWasText) out.append(h("br"));
      inline(line, scene, verbatim, out);
      previousWasText = true;
      continue;
    }
    previousWasText = false;
    if (quote) quote.append(h("br"));
    else out.append((quote = h("blockquote", { class: "quote" })));
    inline(line, scene, verbatim, quote);
  }
}

const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;
const isWord = (character) => character !== undefined && WORD.test(character);
const isSpace = (character) => character === undefined || /\s/.test(character);

/** Marks, mentions, links, code and emoji within one line. */
function inline(text, scene, verbatim, out) {
  let plain = "";
  const flush = () => {
    if (plain) out.append(unescape(plain));
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = markAt(text, at, scene, verbatim);
    if (found) {
      flush();
      out.append(found.node);
      at = found.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
}

/** The markup that starts at `at`, as {node, end}, or null. */
function markAt(text, at, scene, verbatim) {
  const sign = text[at];
  if (sign === "<") {
    const close = text.indexOf(">", at);
    const node = close > at + 1 ? angle(text.slice(at + 1, close), scene) : null;
    return node && { node, end: close + 1 };
  }
  if (sign === "`") {
    const close = text.indexOf("`", at + 1);
    if (close <= at + 1) return null;
    return { node: h("code", { class: "code" }, unescape(text.slice(at + 1, close))), end: close + 1 };
  }
  if (STYLES[sign]) {
    if (isWord(text[at - 1]) || isSpace(text[at + 1]) || text[at + 1] === sign) return null;
    const close = closing(text, at, sign);
    if (close < 0) return null;
    const node = h(STYLES[sign]);
    inline(text.slice(at + 1, close), scene, verbatim, node);
    return { node, end: close + 1 };
  }
  if (sign === ":") return emojiAt(text, at);
  if (sign === "h" && !verbatim && !isWord(text[at - 1])) {
    const address = /^https?:\/\/[^\s<>|`]*[^\s<>|`.,;:!?)'"*_~]/.exec(text.slice(at))?.[0];
    if (address) return { node: link(unescape(address), unescape(address)), end: at + address.length };
  }
  return null;
}

function emojiAt(text, at) {
  const code = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/.exec(text.slice(at));
  const sign = code && emoji(code[1]);
  return sign ? { node: emojiNode(code[1], sign), end: at + code[0].length } : null;
}

/** An emoji with its name as a tooltip. */
export function emojiNode(name, sign = emoji(name)) {
  return h("span", { class: "emoji", title: `:${name}:` }, sign ?? `:${name}:`);
}

/** Where the mark opened at `from` closes, stepping over links and code; -1 if it does not. */
function closing(text, from, sign) {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "<" || text[at] === "`") {
      const end = text.indexOf(text[at] === "<" ? ">" : "`", at + 1);
      if (end > 0) at = end;
    } else if (text[at] === sign && at > from + 1 && !isSpace(text[at - 1]) && !isWord(text[at + 1])) {
      return at;
    }
  }
  return -1;
}

/** What stands between < and >: a mention, a date, a link; null when it is none of them. */
function angle(inside, scene) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  if (/^@[UWB]/.test(target)) return userMention(target.slice(1), scene, label);
  if (/^#[CGD]/.test(target)) return channelMention(target.slice(1), scene, label);
  if (target.startsWith("!date^")) return dateMention(target, scene, label);
  if (target.startsWith("!subteam^")) return mention(label || `@${target.slice(9)}`);
  if (/^!(here|channel|everyone)$/.test(target)) return mention(`@${target.slice(1)}`);
  const address = unescape(target);
  if (!safeUrl(address)) return null;
  return link(address, withEmoji(label) || address.replace(/^mailto:/, ""));
}

function mention(words) {
  return h("span", { class: "mention" }, words);
}

/** "@Aino", marked when it is the viewer. */
export function userMention(id, scene, label = "") {
  const node = mention(`@${scene.userName(id) ?? (label.replace(/^@/, "") || id)}`);
  if (id === scene.me.id) node.classList.add("mention-me");
  return node;
}

/** "#yleinen". */
export function channelMention(id, scene, label = "") {
  return mention(`#${scene.channelName(id) ?? (label || id)}`);
}

/** @here, @channel, @everyone. */
export function broadcastMention(range) {
  return mention(`@${range}`);
}

function dateMention(target, scene, fallback) {
  const [, seconds, pattern, address] = target.split("^");
  const instant = new Date(Number(seconds) * 1000);
  if (!/^\d+$/.test(seconds ?? "") || !pattern) return h("span", {}, fallback || target);
  return dateNode(instant, unescape(pattern), scene, address && unescape(address));
}

/** A date filled in for the viewer, linked when an address is given. */
export function dateNode(instant, pattern, scene, address) {
  const node = h("time", { datetime: instant.toISOString() }, slackDate(pattern, instant, scene));
  return address ? link(address, node) : node;
}

/** A text object ({type: "mrkdwn" | "plain_text"}) or a bare string as nodes. */
export function renderText(object, scene) {
  if (!object) return "";
  if (typeof object === "string") return object;
  if (object.type === "mrkdwn") return renderMrkdwn(object.text, scene, { verbatim: object.verbatim === true });
  return plainText(object);
}

/** A text object as plain words, for labels, options and attributes. */
export function plainText(object) {
  if (!object) return "";
  const text = typeof object === "string" ? object : String(object.text ?? "");
  return unescape(object.emoji === false ? text : withEmoji(text));
}
