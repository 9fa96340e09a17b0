// A searchable list (ARIA combobox with a listbox): one choice or several, by mouse or keyboard.

import { h, icon, newId, spoken } from "./dom.js";
import { showPopup } from "./popup.js";
import { say } from "./words.js";

/**
 * An item is {value, label, description?, option}: `option` is what the caller gets back.
 * A group is {label: string|null, items: [item]}.
 *
 * @param {object} how
 * @param {string} [how.id] id of the text field, for a label
 * @param {boolean} [how.multiple]
 * @param {number} [how.max] most items that can be chosen
 * @param {string} how.placeholder
 * @param {object} how.aria attributes of the text field (aria-label, aria-describedby, ...)
 * @param {object} how.data dataset of the whole
 * @param {Array} how.chosen items chosen at the start
 * @param {function(string): Promise<{groups: Array, note: ?string}>} how.load finds items for what was typed;
 *   `note` is said instead of "no matches"
 * @param {boolean} how.slow whether `load` asks a server: typing is then gathered for a moment
 * @param {boolean} how.clearable whether a single choice can be taken back
 * @param {function(Array)} how.changed told the chosen items
 */
export class Combobox {
  #how;
  #chosen;
  #options = []; // the options on show: {item, node}
  #active = -1;
  #hide = null;
  #timer = null;
  #round = 0;

  constructor(how) {
    this.#how = how;
    this.#chosen = [...how.chosen];
    const listId = newId("listbox");
    this.list = h("ul", {
      id: listId, class: "listbox", role: "listbox", hidden: true, "aria-multiselectable": how.multiple ? "true" : null,
      "aria-label": say("element.choices"),
      on: { mousedown: (event) => event.preventDefault() }, // the text field keeps the focus
    });
    this.input = h("input", {
      id: how.id, type: "text", class: "combobox-input", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, ...how.aria,
      on: {
        input: () => this.#search(this.input.value),
        click: () => this.#hide || this.#search(""),
        keydown: (event) => this.#onKey(event),
        blur: () => this.#onBlur(),
        focus: () => this.input.select(),
      },
    });
    this.status = h("span", { class: "spoken", role: "status" });
    this.chips = how.multiple ? h("ul", { class: "chips", "aria-label": say("element.chosen"), hidden: true }) : null;
    const canClear = !how.multiple && how.clearable;
    this.clear = canClear && h(
      "button",
      { type: "button", class: "combobox-clear", hidden: true, on: { click: () => this.#choose([]) } },
      icon("close"), spoken(say("element.clear")),
    );
    const field = h("span", { class: "combobox-field" }, this.input, this.clear, icon("chevron"));
    this.root = h("div", { class: "combobox", data: how.data }, this.chips, field, this.list, this.status);
    this.#showChosen();
  }

  async #search(query) {
    clearTimeout(this.#timer);
    this.#round += 1;
    const round = this.#round;
    if (!this.#hide) this.#open();
    if (this.#how.slow) {
      this.#fill([], say("element.searching"));
      await new Promise((resolve) => (this.#timer = setTimeout(resolve, query ? 180 : 0)));
    }
    const { groups, note } = await this.#how.load(query.trim());
    if (round === this.#round && this.#hide) this.#fill(groups, note);
  }

  #open() {
    this.#hide = showPopup(this.input.parentElement, this.list, { stretch: true });
    this.input.setAttribute("aria-expanded", "true");
  }

  #close() {
    this.#round += 1;
    this.#hide?.();
    this.#hide = null;
    this.#setActive(-1);
    this.input.setAttribute("aria-expanded", "false");
  }

  #fill(groups, note) {
    this.#options = [];
    this.list.replaceChildren();
    for (const group of groups) {
      if (group.items.length === 0) continue;
      const nodes = group.items.map((item) => this.#optionNode(item));
      if (group.label) {
        const labelId = newId("group");
        const label = h("span", { id: labelId, class: "listbox-group", role: "presentation" }, group.label);
        const inner = h("ul", { role: "group", "aria-labelledby": labelId }, nodes);
        this.list.append(h("li", { role: "presentation" }, label, inner));
      } else {
        this.list.append(...nodes);
      }
    }
    const count = this.#options.length;
    const words = note ?? (count ? null : say("element.no_matches"));
    if (words) {
      this.list.append(h("li", { class: "listbox-note", role: "option", "aria-disabled": "true" }, words));
    }
    this.status.textContent = words ?? say("element.found", { n: count });
    const chosenIndex = this.#options.findIndex(({ item }) => this.#has(item));
    this.#setActive(count ? Math.max(chosenIndex, 0) : -1);
  }

  #optionNode(item) {
    const isChosen = this.#has(item);
    const node = h(
      "li",
      {
        id: newId("option"), class: "option", role: "option", "aria-selected": String(isChosen),
        data: { value: item.value }, on: { click: () => this.#pick(item) },
      },
      h("span", { class: "option-label" }, item.label),
      item.description && h("span", { class: "option-description" }, item.description),
      isChosen && icon("check"),
    );
    this.#options.push({ item, node });
    return node;
  }

  #has(item) {
    return this.#chosen.some((chosen) => chosen.value === item.value);
  }

  #setActive(index) {
    this.#options[this.#active]?.node.classList.remove("option-active");
    this.#active = index;
    const node = this.#options[index]?.node;
    if (!node) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    node.classList.add("option-active");
    node.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", node.id);
  }

  #onKey(event) {
    const isOpen = this.#hide !== null;
    const count = this.#options.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) this.#search("");
      else if (count) this.#setActive((this.#active + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (event.key === "Enter") {
      event.preventDefault(); // must not submit the modal around it
      if (!isOpen) this.#search("");
      else if (this.#options[this.#active]) this.#pick(this.#options[this.#active].item);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault(); // must not close the modal around it
      event.stopPropagation();
      this.#close();
      this.#showChosen();
    } else if (event.key === "Backspace" && this.#how.multiple && this.input.value === "" && this.#chosen.length) {
      this.#choose(this.#chosen.slice(0, -1));
    }
  }

  #onBlur() {
    this.#close();
    if (this.#how.clearable && !this.#how.multiple && this.input.value === "" && this.#chosen.length) this.#choose([]);
    else this.#showChosen();
  }

  #pick(item) {
    if (!this.#how.multiple) {
      this.#close();
      this.#choose([item]);
      return;
    }
    if (this.#has(item)) {
      this.#choose(this.#chosen.filter((chosen) => chosen.value !== item.value));
    } else if (this.#how.max && this.#chosen.length >= this.#how.max) {
      this.status.textContent = say("element.at_most", { n: this.#how.max });
      return;
    } else {
      this.#choose([...this.#chosen, item]);
    }
    this.input.value = "";
    this.#search("");
  }

  #choose(items) {
    const same = items.length === this.#chosen.length && items.every((item) => this.#has(item));
    this.#chosen = items;
    this.#showChosen();
    if (!same) this.#how.changed(items);
  }

  #showChosen() {
    if (this.#how.multiple) {
      this.input.value = "";
      this.chips.replaceChildren(...this.#chosen.map((item) => this.#chip(item)));
      this.chips.hidden = this.#chosen.length === 0;
      this.input.placeholder = this.#chosen.length ? say("element.add_another") : this.#how.placeholder;
      return;
    }
    this.input.placeholder = this.#how.placeholder;
    this.input.value = this.#chosen[0]?.label ?? "";
    if (this.clear) this.clear.hidden = this.#chosen.length === 0;
  }

  #chip(item) {
    const remove = () => {
      this.#choose(this.#chosen.filter((chosen) => chosen.value !== item.value));
      this.input.focus();
    };
    return h(
      "li", { class: "chip" }, item.label,
      h("button", { type: "button", on: { click: remove } }, icon("close"), spoken(say("element.remove", { name: item.label }))),
    );
  }
}
