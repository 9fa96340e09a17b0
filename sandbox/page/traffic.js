// The traffic panel: every call between the workspace and the app, with what was sent and answered.

import { ApiError, get } from "./api.js";
import { h, icon, newId, spoken } from "./dom.js";
import { refusalWords } from "./refusal.js";
import { clockTime, shortDay } from "./time.js";
import { say } from "./words.js";

const MOST_ENTRIES = 500;

/** The panel. `told` is {close()}. */
export class Traffic {
  #root;
  #entries = []; // {entry, node, text}
  #after = 0;
  #isReading = false;
  #methods = new Set(); // names of calls seen, as the filter offers them
  #tz = "UTC";

  constructor(root, told) {
    this.#root = root;
    const searchId = newId("traffic-search");
    const directionId = newId("traffic-direction");
    const refusedId = newId("traffic-refused");
    const methodId = newId("traffic-method");
    const refilter = () => this.#filter();
    this.search = h("input", { id: searchId, type: "search", class: "field", placeholder: say("traffic.filter"), on: { input: refilter } });
    this.direction = h(
      "select", { id: directionId, class: "field", on: { change: refilter } },
      h("option", { value: "" }, say("traffic.both")), h("option", { value: "to_app" }, say("traffic.to_app")),
      h("option", { value: "from_app" }, say("traffic.from_app")),
    );
    this.method = h("select", { id: methodId, class: "field", on: { change: refilter } },
      h("option", { value: "" }, say("traffic.any")));
    this.refused = h("input", { id: refusedId, type: "checkbox", on: { change: refilter } });
    this.list = h("ol", { class: "traffic-list", "aria-label": say("traffic.list"), tabindex: 0 });
    this.count = h("p", { class: "traffic-count muted", role: "status" });
    this.none = h("p", { class: "empty", hidden: true }, say("traffic.none"));
    root.setAttribute("aria-label", say("traffic.region"));
    root.replaceChildren(
      h("div", { class: "traffic-head" },
        h("h2", {}, say("traffic")),
        h("button", { type: "button", class: "button button-icon", on: { click: told.close } },
          icon("close"), spoken(say("traffic.close")))),
      h("div", { class: "traffic-filters" },
        h("label", { for: searchId, class: "spoken" }, say("traffic.search")), this.search,
        h("label", { for: directionId, class: "spoken" }, say("traffic.direction")), this.direction,
        h("label", { for: methodId, class: "spoken" }, say("traffic.method")), this.method,
        h("label", { for: refusedId, class: "traffic-refused" }, this.refused, say("traffic.refused_only"))),
      this.count, this.none, this.list,
    );
  }

  /** Reads what is new, if the panel is open. A lower `seq` than read means that the log began anew. */
  async update(seq, tz) {
    this.#tz = tz;
    if (this.#root.hidden || this.#isReading) return;
    if (seq < this.#after) this.restart();
    this.#isReading = true;
    try {
      const { entries } = await get("log", { after: this.#after });
      for (const entry of entries) this.#add(entry);
      this.#filter();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      this.count.textContent = say("traffic.failed", { why: problem.message });
    } finally {
      this.#isReading = false;
    }
  }

  /** Forgets what was read. */
  restart() {
    this.#after = 0;
    this.#entries = [];
    this.#methods.clear();
    this.method.replaceChildren(this.method.options[0]);
    this.list.replaceChildren();
  }

  #add(entry) {
    if (entry.seq <= this.#after) return;
    this.#after = entry.seq;
    const why = entry.ok ? null : refusalWords(entry);
    const text = JSON.stringify([entry.what, entry.error, why, readable(entry.request), readable(entry.response)]).toLowerCase();
    const node = entryNode(entry, why, this.#tz);
    this.#offer(entry.what);
    this.#entries.unshift({ entry, node, text });
    this.list.prepend(node);
    while (this.#entries.length > MOST_ENTRIES) this.#entries.pop().node.remove();
  }

  #offer(method) {
    if (this.#methods.has(method)) return;
    this.#methods.add(method);
    const after = [...this.method.options].slice(1).find((option) => option.value > method) ?? null;
    this.method.insertBefore(h("option", { value: method }, method), after);
  }

  #filter() {
    const words = this.search.value.trim().toLowerCase();
    let shown = 0;
    for (const { entry, node, text } of this.#entries) {
      const fits = (!words || text.includes(words)) &&
        (!this.direction.value || entry.direction === this.direction.value) &&
        (!this.method.value || entry.what === this.method.value) && (!this.refused.checked || !entry.ok);
      node.hidden = !fits;
      if (fits) shown += 1;
    }
    const all = this.#entries.length;
    const told = shown === all ? say("traffic.count", { n: all }) : say("traffic.shown", { shown, n: all });
    if (this.count.textContent !== told) this.count.textContent = told;
    this.none.hidden = shown > 0 || all === 0;
  }
}

function entryNode(entry, why, tz) {
  const toApp = entry.direction === "to_app";
  const at = new Date(entry.at);
  const result = entry.ok
    ? h("span", { class: "traffic-ok" }, say("traffic.ok"))
    : h("span", { class: "traffic-bad" }, icon("warning"), say(toApp ? "traffic.broke" : "traffic.refused", { code: entry.error ?? "" }));
  const ms = entry.ms === undefined || entry.ms === null ? null : h("span", { class: "muted" }, `${entry.ms} ms`);
  const body = h("div", { class: "traffic-body" });
  const details = h(
    "details", { class: "traffic-entry", data: { seq: entry.seq } },
    h(
      "summary", {},
      h("span", { class: `traffic-way ${toApp ? "way-to" : "way-from"}` }, icon(toApp ? "toApp" : "fromApp"),
        spoken(`${say(toApp ? "traffic.to_app" : "traffic.from_app")}: `)),
      h("span", { class: "traffic-what" }, entry.what),
      h("span", { class: "traffic-meta" }, result, ms,
        h("time", { class: "muted", datetime: entry.at, title: shortDay(at, tz) }, clockTime(at, tz))),
    ),
    body,
  );
  // Filled in when first opened: five hundred payloads laid out at once would slow the page down.
  details.addEventListener("toggle", () => {
    if (details.open && !body.firstChild) body.append(...payload(say("traffic.request"), entry.request), ...payload(say("traffic.response"), entry.response));
  });
  return h("li", { class: entry.ok ? null : "traffic-failed" }, details, why && h("p", { class: "traffic-why" }, why));
}

function payload(title, data) {
  const shown = readable(data);
  if (shown === null || shown === undefined || shown === "") return [h("h3", {}, title), h("p", { class: "muted" }, say("traffic.nothing"))];
  const text = typeof shown === "string" ? shown : JSON.stringify(shown, null, 2);
  return [h("h3", {}, title), h("pre", { class: "code-block", tabindex: 0, "aria-label": title }, text)];
}

/** A form body or JSON in a string, taken apart; anything else as it is. */
function readable(data) {
  if (typeof data !== "string") return data;
  if (/^\s*[[{]/.test(data)) return parsed(data);
  if (!/^[\w.%[\]-]+=\S*$/.test(data)) return data;
  const fields = Object.fromEntries(new URLSearchParams(data));
  for (const [name, value] of Object.entries(fields)) {
    if (/^\s*[[{]/.test(value)) fields[name] = parsed(value);
  }
  return fields;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
