// The traffic panel: every call between the workspace and the app, with what was sent and answered.

import { ApiError, get } from "./api.js";
import { h, icon, newId, spoken } from "./dom.js";
import { clockTime, shortDay } from "./time.js";

const MOST_ENTRIES = 500;

/** The panel. `told` is {close()}. */
export class Traffic {
  #root;
  #entries = []; // {entry, node, text}
  #after = 0;
  #isReading = false;
  #tz = "UTC";

  constructor(root, told) {
    this.#root = root;
    const searchId = newId("traffic-search");
    const directionId = newId("traffic-direction");
    const refusedId = newId("traffic-refused");
    const refilter = () => this.#filter();
    this.search = h("input", { id: searchId, type: "search", class: "field", placeholder: "Filter", on: { input: refilter } });
    this.direction = h(
      "select", { id: directionId, class: "field", on: { change: refilter } },
      h("option", { value: "" }, "Both ways"), h("option", { value: "to_app" }, "To the app"),
      h("option", { value: "from_app" }, "From the app"),
    );
    this.refused = h("input", { id: refusedId, type: "checkbox", on: { change: refilter } });
    this.list = h("ol", { class: "traffic-list", "aria-label": "Calls, newest first", tabindex: 0 });
    this.count = h("p", { class: "traffic-count muted", role: "status" });
    root.append(
      h("div", { class: "traffic-head" },
        h("h2", {}, "Traffic"),
        h("button", { type: "button", class: "button button-icon", on: { click: told.close } },
          icon("close"), spoken("Close the traffic panel"))),
      h("div", { class: "traffic-filters" },
        h("label", { for: searchId, class: "spoken" }, "Filter by name or payload"), this.search,
        h("label", { for: directionId, class: "spoken" }, "Direction"), this.direction,
        h("label", { for: refusedId, class: "traffic-refused" }, this.refused, "Refused only")),
      this.count, this.list,
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
      this.count.textContent = `The log could not be read: ${problem.message}`;
    } finally {
      this.#isReading = false;
    }
  }

  /** Forgets what was read. */
  restart() {
    this.#after = 0;
    this.#entries = [];
    this.list.replaceChildren();
  }

  #add(entry) {
    if (entry.seq <= this.#after) return;
    this.#after = entry.seq;
    const text = JSON.stringify([entry.what, entry.error, readable(entry.request), readable(entry.response)]).toLowerCase();
    const node = entryNode(entry, this.#tz);
    this.#entries.unshift({ entry, node, text });
    this.list.prepend(node);
    while (this.#entries.length > MOST_ENTRIES) this.#entries.pop().node.remove();
  }

  #filter() {
    const words = this.search.value.trim().toLowerCase();
    let shown = 0;
    for (const { entry, node, text } of this.#entries) {
      const fits = (!words || text.includes(words)) &&
        (!this.direction.value || entry.direction === this.direction.value) && (!this.refused.checked || !entry.ok);
      node.hidden = !fits;
      if (fits) shown += 1;
    }
    const all = this.#entries.length;
    const words2 = shown === all ? `${all} ${all === 1 ? "call" : "calls"}` : `${shown} of ${all} calls`;
    if (this.count.textContent !== words2) this.count.textContent = words2;
  }
}

function entryNode(entry, tz) {
  const toApp = entry.direction === "to_app";
  const at = new Date(entry.at);
  const result = entry.ok
    ? h("span", { class: "traffic-ok" }, "ok")
    : h("span", { class: "traffic-bad" }, icon("warning"), `${toApp ? "failed" : "refused"}: ${entry.error ?? "error"}`);
  const ms = entry.ms === undefined || entry.ms === null ? null : h("span", { class: "muted" }, `${entry.ms} ms`);
  const body = h("div", { class: "traffic-body" });
  const details = h(
    "details", { class: "traffic-entry", data: { seq: entry.seq } },
    h(
      "summary", {},
      h("span", { class: `traffic-way ${toApp ? "way-to" : "way-from"}` }, icon(toApp ? "toApp" : "fromApp"),
        spoken(toApp ? "to the app: " : "from the app: ")),
      h("span", { class: "traffic-what" }, entry.what),
      h("span", { class: "traffic-meta" }, result, ms,
        h("time", { class: "muted", datetime: entry.at, title: shortDay(at, tz) }, clockTime(at, tz))),
    ),
    body,
  );
  // Filled in when first opened: five hundred payloads laid out at once would slow the page down.
  details.addEventListener("toggle", () => {
    if (details.open && !body.firstChild) body.append(...payload("Request", entry.request), ...payload("Response", entry.response));
  });
  return h("li", { class: entry.ok ? null : "traffic-failed" }, details);
}

function payload(title, data) {
  const shown = readable(data);
  if (shown === null || shown === undefined || shown === "") return [h("h3", {}, title), h("p", { class: "muted" }, "nothing")];
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
