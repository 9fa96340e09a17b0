// The table block: plain or rich cells; the first row names the columns.

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
    const content = cell.type === "rich_text" ? renderRichText(cell, scene) : withEmoji(cell.text ?? "");
    return h(tag, { class: look || null, scope: tag === "th" ? "col" : null }, content);
  }));
  return h(
    "div", { class: "table-holder", role: "region", "aria-label": say("element.table"), tabindex: 0 },
    h("table", { class: "table" }, h("thead", {}, row(head, "th")), h("tbody", {}, rows.map((cells) => row(cells, "td")))),
  );
}
