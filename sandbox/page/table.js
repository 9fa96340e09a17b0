// The table and the data table: plain or rich cells; the first row names the columns.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { renderRichText } from "./richtext.js";
import { say } from "./words.js";

const ALIGNS = new Set(["left", "center", "right"]);

/** A table that scrolls sideways by itself, not the page. */
export function renderTable(block, scene) {
  const settings = block.column_settings ?? [];
  const [head = [], ...rows] = block.rows ?? [];
  const row = (cells, tag) => h("tr", {}, cells.map((cell, column) => {
    const { align, is_wrapped: isWrapped } = settings[column] ?? {};
    const look = [ALIGNS.has(align) && `align-${align}`, isWrapped === true && "wrapped"].filter(Boolean).join(" ");
    return h(tag, { class: look || null, scope: tag === "th" ? "col" : null }, contentOf(cell, scene));
  }));
  return h(
    "div", { class: "table-holder", role: "region", "aria-label": say("element.table"), tabindex: 0 },
    h("table", { class: "table" }, h("thead", {}, row(head, "th")), h("tbody", {}, rows.map((cells) => row(cells, "td")))),
  );
}

function contentOf(cell, scene) {
  if (cell.type === "rich_text") return renderRichText(cell, scene);
  return withEmoji(cell.text ?? String(cell.value ?? ""));
}

const PAGE = 5;

/** A table with a caption and row headers, a page at a time. It is not sorted or filtered here. */
export function renderDataTable(block, scene) {
  const [head = [], ...rows] = block.rows ?? [];
  const size = block.page_size ?? PAGE;
  const named = block.row_header_column_index ?? 0;
  const cell = (content, column) => {
    const look = content.type === "raw_number" ? "align-right" : null;
    const isName = column === named;
    return h(isName ? "th" : "td", { class: look, scope: isName ? "row" : null }, contentOf(content, scene));
  };
  const lines = rows.map((cells) => h("tr", {}, cells.map(cell)));
  const heads = head.map((content) => h("th", { scope: "col" }, contentOf(content, scene)));
  const table = h("table", { class: "table" },
    h("caption", { class: "table-caption" }, block.caption),
    h("thead", {}, h("tr", {}, heads)), h("tbody", {}, lines));
  const holder = h("div", { class: "table-holder", role: "region", "aria-label": block.caption, tabindex: 0 }, table);
  return lines.length <= size ? h("div", {}, holder) : h("div", {}, holder, pager(lines, size));
}

/** Shows `size` of the lines, and buttons to the others. */
function pager(lines, size) {
  let first = 0;
  const where = h("span", { role: "status", class: "muted" });
  const step = (by, words) =>
    h("button", { type: "button", class: "button button-small", on: { click: () => show(first + by) } }, words);
  const back = step(-size, say("element.page_before"));
  const on = step(size, say("element.page_after"));
  const show = (from) => {
    first = Math.min(Math.max(from, 0), Math.floor((lines.length - 1) / size) * size);
    lines.forEach((line, n) => { line.hidden = n < first || n >= first + size; });
    back.disabled = first === 0;
    on.disabled = first + size >= lines.length;
    const last = Math.min(first + size, lines.length);
    where.textContent = say("element.rows", { from: first + 1, to: last, of: lines.length });
  };
  show(0);
  return h("div", { class: "pager" }, back, where, on);
}
