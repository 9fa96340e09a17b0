// The data visualization block. Whatever its kind, it is drawn as a table with bars: every number can be read.

import { h } from "./dom.js";
import { say, spokenLanguage } from "./words.js";

/** A caption with the title and the kind, a row for each label, a column for each series. */
export function renderChart(block) {
  const chart = block.chart ?? {};
  const { names, labels, value } = chart.type === "pie" ? slices(chart) : series(chart);
  const sizes = labels.flatMap((label) => names.map((name) => Math.abs(value(name, label))));
  const most = Math.max(...sizes, 0) || 1;
  const cell = (number) => h(
    "td", {},
    h("meter", { class: "chart-bar", "aria-hidden": "true", min: 0, max: most, value: Math.abs(number) }), " ", String(number),
  );
  const { x_label: across, y_label: up } = chart.axis_config ?? {};
  const heads = names.map((name) => h("th", { scope: "col" }, name || up || ""));
  const kind = h("span", { class: "muted", lang: spokenLanguage() }, say(`element.chart_${chart.type}`));
  return h(
    "div", { class: "table-holder", role: "region", "aria-label": block.title, tabindex: 0 },
    h("table", { class: "table" },
      h("caption", { class: "table-caption" }, block.title, " ", kind),
      h("thead", {}, h("tr", {}, h("td", {}, [across, names.length > 1 && up].filter(Boolean).join(" / ")), heads)),
      h("tbody", {}, labels.map((label) =>
        h("tr", {}, h("th", { scope: "row" }, label), names.map((name) => cell(value(name, label))))))),
  );
}

function slices({ segments = [] }) {
  const values = new Map(segments.map((segment) => [segment.label, segment.value]));
  return { names: [""], labels: [...values.keys()], value: (_, label) => values.get(label) ?? 0 };
}

function series({ series: all = [], axis_config: axes = {} }) {
  const values = new Map(all.map(({ name, data }) => [name, new Map(data.map((point) => [point.label, point.value]))]));
  return { names: [...values.keys()], labels: axes.categories ?? [], value: (name, label) => values.get(name)?.get(label) ?? 0 };
}
