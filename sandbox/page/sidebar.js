// The left side: whose workspace, who I am, channels and the conversation with the bot.

import { avatar, h, icon, keepingFocus, spoken } from "./dom.js";
import { clockTime } from "./time.js";

/** The navigation. `told` is {choosePerson(id), open(channelId), closeDrawer()}. */
export class Sidebar {
  #root;
  #told;
  #json = "";

  constructor(root, told) {
    this.#root = root;
    this.#told = told;
  }

  /** @param {Object<string, number>} unread new messages by channel id */
  update(state, scene, openChannel, unread) {
    const model = {
      team: state.team, bot: state.bot, me: state.me, people: state.people, channels: state.channels,
      openChannel, unread, time: clockTime(scene.now, scene.tz),
    };
    const json = JSON.stringify(model);
    if (json === this.#json) return;
    this.#json = json;
    keepingFocus(this.#root, () => this.#root.replaceChildren(...this.#parts(model)));
  }

  #parts({ team, bot, me, people, channels, openChannel, unread, time }) {
    const entry = (channel, sign) => this.#entry(channel, sign, channel.id === openChannel, unread[channel.id] ?? 0);
    const open = channels.filter((channel) => !channel.is_im);
    const direct = channels.filter((channel) => channel.is_im);
    return [
      h(
        "div", { class: "sidebar-head" },
        h("p", { class: "team" }, team.name),
        h("button", { type: "button", class: "button button-icon drawer-only", on: { click: this.#told.closeDrawer } },
          icon("close"), spoken("Close the menu")),
      ),
      this.#who(me, people, time),
      h("div", { class: "sidebar-lists" },
        group("Channels", open.map((channel) => entry(channel, h("span", { class: "hash", "aria-hidden": "true" }, "#")))),
        group("Direct messages", direct.map((channel) => entry(channel, avatar(bot.user_id, channel.name, true))))),
    ];
  }

  #who(me, people, time) {
    const options = people.map((person) =>
      h("option", { value: person.id, selected: person.id === me.id }, `${nameOf(person)} – ${about(person)}`));
    const select = h("select", {
      id: "who", class: "field", data: { testid: "who-select" },
      on: { change: () => this.#told.choosePerson(select.value) },
    }, options);
    return h(
      "div", { class: "who" },
      h("label", { for: "who", class: "who-label" }, "You are"),
      h("div", { class: "who-row" }, avatar(me.id, nameOf(me)), select),
      me.title && h("p", { class: "who-about", lang: me.locale.replace("_", "-") }, me.title),
      h("p", { class: "who-about" }, `${me.locale} · ${me.tz} · ${time}`),
      markOf(me) && h("p", { class: "who-about" }, `This account is ${markOf(me)}.`),
    );
  }

  #entry(channel, sign, isOpen, count) {
    return h(
      "li", {},
      h(
        "button",
        {
          type: "button", class: `entry ${count ? "entry-unread" : ""}`, "aria-current": isOpen ? "page" : null,
          data: { testid: `channel-${channel.id}` }, on: { click: () => this.#told.open(channel.id) },
        },
        sign,
        h("span", { class: "entry-name" }, channel.name),
        count > 0 && h("span", { class: "badge" }, String(count), spoken(" new")),
      ),
    );
  }
}

function group(title, entries) {
  if (entries.length === 0) return null;
  return h("div", { class: "group" }, h("h2", {}, title), h("ul", {}, entries));
}

function nameOf(person) {
  return person.real_name || person.name;
}

function markOf(person) {
  if (person.deleted) return "deactivated";
  return person.is_restricted ? "a guest" : null;
}

function about(person) {
  return [person.title, markOf(person), person.locale, person.tz].filter(Boolean).join(" · ");
}
