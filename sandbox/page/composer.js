// Where the person writes: messages and slash commands, with completion of the latter.

import { problemWords } from "./api.js";
import { h, icon, newId, spoken } from "./dom.js";
import { say } from "./words.js";

const MOST_LINES_PX = 220;

/**
 * The composer. `send(kind, {channel, text})`, kind "command" or "message", answers the outcome.
 * `drafts` maps "person channel" to what was typed there and not sent.
 */
export class Composer {
  #send;
  #channel = null;
  #commands = [];
  #drafts;
  #place = "";
  #active = 0;
  #offered = [];
  #busy = false;

  constructor(send, drafts) {
    this.#send = send;
    this.#drafts = drafts;
    const listId = newId("commands");
    const hintId = newId("composer-hint");
    this.list = h("ul", {
      id: listId, class: "listbox composer-list", role: "listbox", "aria-label": say("composer.commands"), hidden: true,
      on: { mousedown: (event) => event.preventDefault() },
    });
    this.field = h("textarea", {
      class: "composer-field", rows: 1, "aria-autocomplete": "list", "aria-controls": listId, "aria-describedby": hintId,
      data: { testid: "composer" },
      on: {
        input: () => this.#changed(), keydown: (event) => this.#onKey(event), blur: () => this.#offer([]),
        focus: () => this.#changed(),
      },
    });
    this.label = h("label", { class: "spoken" });
    this.field.id = newId("composer");
    this.label.htmlFor = this.field.id;
    this.button = h("button", { type: "submit", class: "button button-primary composer-send", data: { testid: "composer-send" } },
      icon("send"), spoken(say("composer.send")));
    this.hint = h("p", { id: hintId, class: "composer-hint" });
    this.status = h("p", { class: "composer-status", role: "status" });
    this.problem = h("div", { class: "problem composer-problem", role: "alert", hidden: true, data: { testid: "composer-error" } });
    this.announcer = h("span", { class: "spoken", role: "status" });
    this.root = h(
      "form",
      { class: "composer", on: { submit: (event) => { event.preventDefault(); this.#submit(); } } },
      this.label, this.problem, this.list,
      h("div", { class: "composer-box" }, this.field, this.button),
      h("div", { class: "composer-foot" }, this.hint, this.status), this.announcer,
    );
  }

  /** Writes to this conversation from now on; each keeps its own draft. */
  update(channel, label, personId, commands) {
    this.#commands = commands;
    const place = `${personId} ${channel.id}`;
    this.label.textContent = label;
    this.field.placeholder = label;
    if (place === this.#place) return;
    this.#place = place;
    this.#channel = channel;
    this.field.value = this.#drafts.get(place) ?? "";
    this.#say(null);
    this.#changed();
    this.#offer([]);
  }

  #changed() {
    const text = this.field.value;
    this.#drafts.set(this.#place, text);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, MOST_LINES_PX)}px`;
    const word = /^\/\S*$/.exec(text)?.[0];
    const isFocused = document.activeElement === this.field;
    this.#offer(word && isFocused ? this.#commands.filter(({ command }) => command.startsWith(word.toLowerCase())) : []);
    const known = this.#commands.find(({ command }) => text.startsWith(`${command} `));
    this.hint.textContent = known ? [known.command, known.usage_hint].filter(Boolean).join(" ") : say("composer.hint");
  }

  #offer(commands) {
    const wasOpen = this.#offered.length > 0;
    this.#offered = commands;
    this.list.hidden = commands.length === 0;
    this.list.replaceChildren(...commands.map((command, index) => this.#optionNode(command, index)));
    this.#setActive(0);
    if (commands.length && !wasOpen) {
      const [{ command, description }] = commands;
      const first = [command, description].filter(Boolean).join(", ");
      this.announcer.textContent = say("composer.offer", { n: commands.length, first });
    } else if (commands.length === 0) {
      this.announcer.textContent = "";
    }
  }

  #optionNode({ command, description, usage_hint: usage }, index) {
    return h(
      "li", { id: newId("command"), class: "option", role: "option", on: { click: () => this.#complete(index) } },
      h("span", { class: "option-label" }, command, usage && h("span", { class: "option-usage" }, ` ${usage}`)),
      description && h("span", { class: "option-description" }, description),
    );
  }

  #setActive(index) {
    this.#active = index;
    [...this.list.children].forEach((node, at) => {
      node.classList.toggle("option-active", at === index);
      node.setAttribute("aria-selected", String(at === index));
    });
    const node = this.list.children[index];
    if (node) this.field.setAttribute("aria-activedescendant", node.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  #complete(index) {
    this.field.value = `${this.#offered[index].command} `;
    this.#offer([]);
    this.#changed();
    this.field.focus();
  }

  #onKey(event) {
    if (event.isComposing) return;
    const count = this.#offered.length;
    if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.#setActive((this.#active + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (count && event.key === "Escape") {
      event.preventDefault();
      this.#offer([]);
    } else if (count && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      this.#complete(this.#active);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const isWhole = this.#offered[this.#active]?.command === this.field.value.trim();
      if (count && !isWhole) this.#complete(this.#active);
      else this.#submit();
    }
  }

  async #submit() {
    const text = this.field.value.trim();
    if (this.#busy || !text || !this.#channel) return;
    this.#offer([]);
    const word = text.startsWith("/") ? text.split(/\s/)[0] : null;
    if (word && !this.#commands.some(({ command }) => command === word)) {
      this.#say(say("composer.unknown", { command: word }));
      return;
    }
    const place = this.#place;
    this.#say(null);
    this.#setBusy(true, word);
    const outcome = await this.#send(word ? "command" : "message", { channel: this.#channel.id, text });
    this.#setBusy(false, word);
    if (outcome.error) {
      this.#say(say(word ? "composer.failed" : "composer.not_sent", { command: word, why: problemWords(outcome) }));
      return;
    }
    if (place === this.#place) {
      this.field.value = "";
      this.#changed();
    } else {
      this.#drafts.delete(place);
    }
  }

  #setBusy(isBusy, word) {
    this.#busy = isBusy;
    this.root.setAttribute("aria-busy", String(isBusy));
    this.field.readOnly = isBusy;
    this.button.setAttribute("aria-disabled", String(isBusy));
    this.button.classList.toggle("button-pending", isBusy);
    const waiting = word ? say("composer.waiting", { command: word }) : say("composer.sending");
    this.status.textContent = isBusy ? waiting : "";
  }

  #say(text) {
    this.problem.hidden = text === null;
    if (text === null) return this.problem.replaceChildren();
    const dismiss = h("button", { type: "button", class: "button button-icon", on: { click: () => this.#say(null) } },
      icon("close"), spoken(say("dismiss")));
    return this.problem.replaceChildren(icon("warning"), h("span", {}, text), dismiss);
  }
}
