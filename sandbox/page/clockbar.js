// The bar on top: what time it is in the workspace, and moving it forward.

import { post, ApiError } from "./api.js";
import { h, icon, spoken } from "./dom.js";
import { clockTime, dayWords, fromField, nextWorkingMorning, shortDay, toField, toIso } from "./time.js";
import { say } from "./words.js";

const TICK_MS = 5000;
const HOUR_S = 3600;

/** The bar. `told` is {openDrawer(), toggleTraffic(), moved(), failed(words)}. */
export class ClockBar {
  #told;
  #scene = null;
  #readAt = 0; // performance.now() when the workspace told its time
  #isMovable = false;
  #busy = false;
  #ticking;

  constructor(root, told) {
    this.#told = told;
    this.long = h("span", { class: "clock-long" });
    this.short = h("span", { class: "clock-short" });
    this.zone = h("span", { class: "clock-zone muted" });
    this.field = h("input", { id: "clock-field", type: "datetime-local", class: "field", data: { testid: "clock-field" } });
    this.buttons = h(
      "form",
      {
        class: "clock-moves", id: "clock-moves", "aria-label": say("clock.moves"),
        on: { submit: (event) => { event.preventDefault(); this.#moveToField(); } },
      },
      this.#button(say("clock.hour"), "clock-hour", () => ({ advance_seconds: HOUR_S })),
      this.#button(say("clock.day"), "clock-day", () => ({ advance_seconds: 24 * HOUR_S })),
      this.#button(say("clock.morning"), "clock-morning", () => ({ to: toIso(nextWorkingMorning(this.now(), this.#scene.tz)) })),
      h("span", { class: "clock-to" },
        h("label", { for: "clock-field", class: "spoken" }, say("clock.to")), this.field,
        h("button", { type: "submit", class: "button button-small", data: { testid: "clock-go" } }, say("clock.go"))),
    );
    this.real = h("span", { class: "muted clock-real", hidden: true }, say("clock.real"));
    this.opener = h("button", {
      type: "button", class: "button button-small clock-opener", "aria-expanded": "false", "aria-controls": "clock-moves",
      on: { click: () => this.#toggle() },
    }, icon("clock"), h("span", { class: "button-words" }, say("clock.open")));
    this.traffic = h("button", {
      type: "button", class: "button button-small", "aria-expanded": "false", "aria-controls": "traffic",
      data: { testid: "traffic-toggle" }, on: { click: () => told.toggleTraffic() },
    }, icon("traffic"), h("span", { class: "button-words" }, say("traffic")));
    this.drawer = h("button", {
      type: "button", class: "button button-icon drawer-only", "aria-expanded": "false", "aria-controls": "sidebar",
      data: { testid: "menu" }, on: { click: () => told.openDrawer() },
    }, icon("menu"), spoken(say("menu.open")));
    root.replaceChildren(
      this.drawer,
      h("div", { class: "clock", data: { testid: "clock" } }, icon("clock"), spoken(say("clock.label")),
        this.long, this.short, this.zone, this.real),
      this.opener, this.buttons, this.traffic,
    );
    this.#ticking = setInterval(() => this.#show(), TICK_MS);
  }

  /** Another bar takes its place. */
  stop() {
    clearInterval(this.#ticking);
  }

  /** The time in the workspace this moment: it runs on between two looks at it. */
  now() {
    return new Date(this.#scene.now.getTime() + performance.now() - this.#readAt);
  }

  update(scene, isMovable) {
    this.#scene = scene;
    this.#readAt = performance.now();
    this.#isMovable = isMovable;
    this.buttons.hidden = !isMovable;
    this.opener.hidden = !isMovable;
    this.real.hidden = isMovable;
    this.#show();
  }

  #show() {
    if (!this.#scene) return;
    const { tz } = this.#scene;
    const now = this.now();
    setText(this.long, `${dayWords(now, tz)}, ${clockTime(now, tz)}`);
    setText(this.short, `${shortDay(now, tz)}, ${clockTime(now, tz)}`);
    setText(this.zone, tz);
    if (document.activeElement !== this.field && this.#isMovable) this.field.value = toField(now, tz);
  }

  #button(label, testid, step) {
    return h("button", {
      type: "button", class: "button button-small", data: { testid }, on: { click: () => this.#move(step()) },
    }, label);
  }

  #toggle() {
    const isOpen = this.buttons.classList.toggle("clock-moves-open");
    this.opener.setAttribute("aria-expanded", String(isOpen));
  }

  #moveToField() {
    if (!this.field.value) return;
    this.#move({ to: toIso(fromField(this.field.value, this.#scene.tz)) });
  }

  async #move(step) {
    if (this.#busy) return;
    this.#busy = true;
    this.buttons.setAttribute("aria-busy", "true");
    try {
      await post("clock", step);
      await this.#told.moved();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      this.#told.failed(say("clock.failed", { why: problem.message }));
    } finally {
      this.#busy = false;
      this.buttons.removeAttribute("aria-busy");
    }
  }
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
