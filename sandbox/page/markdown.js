// The markdown block: the Markdown that Slack takes there, as nodes. No HTML is ever parsed.

import { h, link, safeImage } from "./dom.js";
import { withEmoji } from "./emoji.js";

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^\s*>\s?/;
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const TASK = /^\[([ xX])\]\s+/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const LOWEST_HEADING = 6;

/** A fragment for Markdown text; its headings begin at `headingLevel`. */
export function renderMarkdown(text, headingLevel = 3) {
  const out = h("div", { class: "markdown" });
  blocks(String(text ?? "").split("\n"), headingLevel, out);
  return out;
}

function blocks(lines, level, out) {
  let at = 0;
  while (at < lines.length) {
    const reader = READERS.find(({ starts }) => starts(lines, at)) ?? PARAGRAPH;
    at = reader.read(lines, at, out, level);
  }
}

function takeWhile(lines, from, fits) {
  let end = from;
  while (end < lines.length && fits(lines[end])) end += 1;
  return end;
}

const READERS = [
  { starts: (lines, at) => lines[at].trim() === "", read: (_, at) => at + 1 },
  {
    starts: (lines, at) => FENCE.test(lines[at]),
    read: (lines, at, out) => {
      const fence = FENCE.exec(lines[at])[1];
      const end = takeWhile(lines, at + 1, (line) => !line.trim().startsWith(fence));
      out.append(h("pre", { class: "code-block", tabindex: 0 }, lines.slice(at + 1, end).join("\n")));
      return end + 1;
    },
  },
  {
    starts: (lines, at) => HEADING.test(lines[at]),
    read: (lines, at, out, level) => {
      const [, signs, words] = HEADING.exec(lines[at]);
      out.append(inline(h(`h${Math.min(level + signs.length - 1, LOWEST_HEADING)}`, { class: "header" }), words));
      return at + 1;
    },
  },
  { starts: (lines, at) => RULE.test(lines[at]), read: (_, at, out) => (out.append(h("hr", { class: "divider" })), at + 1) },
  {
    starts: (lines, at) => QUOTE.test(lines[at]),
    read: (lines, at, out, level) => {
      const end = takeWhile(lines, at, (line) => QUOTE.test(line));
      const quote = h("blockquote", { class: "quote" });
      blocks(lines.slice(at, end).map((line) => line.replace(QUOTE, "")), level, quote);
      out.append(quote);
      return end;
    },
  },
  { starts: (lines, at) => ITEM.test(lines[at]), read: list },
  { starts: (lines, at) => lines[at].includes("|") && TABLE_RULE.test(lines[at + 1] ?? ""), read: table },
];

const PARAGRAPH = {
  read: (lines, at, out) => {
    const ends = (line, n) => READERS.some(({ starts }) => starts(lines, n));
    let end = at + 1;
    while (end < lines.length && !ends(lines[end], end)) end += 1;
    const paragraph = h("p", {});
    lines.slice(at, end).forEach((line, n) => {
      if (n) paragraph.append(h("br"));
      inline(paragraph, line.trim());
    });
    out.append(paragraph);
    return end;
  },
};

function list(lines, at, out) {
  const [, margin, sign] = ITEM.exec(lines[at]);
  const isOrdered = /\d/.test(sign);
  const node = h(isOrdered ? "ol" : "ul", { class: "rich-list", start: isOrdered && sign !== "1." ? parseInt(sign, 10) : null });
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    if (!item || item[1].length < margin.length || (item[1].length === margin.length && /\d/.test(item[2]) !== isOrdered)) break;
    if (item[1].length > margin.length) {
      end = list(lines, end, node.lastElementChild ?? node);
      continue;
    }
    const task = TASK.exec(item[3]);
    node.append(inline(h("li", {}, task && (task[1] === " " ? "☐ " : "☑ ")), item[3].replace(TASK, "")));
    end += 1;
  }
  out.append(node);
  return end;
}

function table(lines, at, out) {
  const end = takeWhile(lines, at + 2, (line) => line.includes("|"));
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const row = (line, tag) => h("tr", {}, cells(line).map((cell) => inline(h(tag, tag === "th" ? { scope: "col" } : {}), cell)));
  out.append(h("div", { class: "table-holder", tabindex: 0 },
    h("table", { class: "table" }, h("thead", {}, row(lines[at], "th")),
      h("tbody", {}, lines.slice(at + 2, end).map((line) => row(line, "td"))))));
  return end;
}

const MARKS = [
  [/^`([^`]+)`/, ([, code]) => h("code", { class: "code" }, code)],
  [/^!\[([^\]]*)\]\(([^\s)]+)[^)]*\)/, ([, alt, address]) => pictureOf(alt, address)],
  [/^\[([^\]]+)\]\(([^\s)]+)[^)]*\)/, ([, words, address]) => link(address, inline(h("span"), words))],
  [/^<?(https?:\/\/[^\s<>)]*[^\s<>).,;:!?])>?/, ([, address]) => link(address, address)],
  [/^(\*\*|__)(?=\S)(.+?)\1/, ([, , words]) => inline(h("strong"), words)],
  [/^([*_])(?=\S)(.+?)\1(?![\p{L}\p{N}])/u, ([, , words]) => inline(h("em"), words)],
  [/^~~(?=\S)(.+?)~~/, ([, words]) => inline(h("s"), words)],
  [/^\\([\\`*_{}[\]()#+\-.!~|>])/, ([, sign]) => document.createTextNode(sign)],
];

function pictureOf(alt, address) {
  const source = safeImage(address);
  return source ? h("img", { class: "markdown-image", src: source, alt, loading: "lazy" }) : document.createTextNode(alt);
}

/** Appends the text with its marks to `node`, and answers it. */
function inline(node, text) {
  let plain = "";
  const flush = () => {
    if (plain) node.append(withEmoji(plain));
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const isInWord = /[\p{L}\p{N}]$/u.test(plain) && /^[_h]/.test(rest);
    const [found, make] = isInWord ? [] : firstMark(rest);
    if (found) {
      flush();
      node.append(make(found));
      at += found[0].length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return node;
}

function firstMark(rest) {
  for (const [pattern, make] of MARKS) {
    const found = pattern.exec(rest);
    if (found) return [found, make];
  }
  return [];
}
