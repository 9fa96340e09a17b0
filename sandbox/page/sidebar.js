// The left side: whose workspace, who I am, channels and the conversation with the bot, the workspace's own tools.

import { avatar, h, icon, spoken } from "./dom.js";
import { patchChildren } from "./patch.js";
import { chooseTheme, chosenTheme, THEMES } from "./theme.js";
import { clockTime } from "./time.js";
import { say } from "./words.js";

/**
 * The navigation. `told` is {choosePerson(id), open(channelId), closeDrawer(), addPerson(), editPerson(),
 * orderFault(), reset()}.
 */
export class Sidebar {
  #root;
  #json = "";

  constructor(root, told) {
    this.#root = root;
    root.setAttribute("aria-label", say("workspace"));
    // Heard here and not at each node: nodes are patched, so that an open list of people stays open.
    root.onclick = (event) => {
      const { channel, does } = event.target.closest("button")?.dataset ?? {};
      if (channel) told.open(channel);
      else if (does) told[does]();
    };
    root.onchange = (event) => {
      if (event.target.id === "who") told.choosePerson(event.target.value);
      else if (event.target.id === "theme") chooseTheme(event.target.value);
    };
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
    patchChildren(this.#root, this.#parts(model).filter(Boolean));
    this.#root.querySelector("#who").value = model.me.id;
    this.#root.querySelector("#theme").value = chosenTheme();
  }

  #parts({ team, bot, me, people, channels, openChannel, unread, time }) {
    const entry = (channel, sign) => this.#entry(channel, sign, channel.id === openChannel, unread[channel.id] ?? 0);
    const open = channels.filter((channel) => !channel.is_im);
    const direct = channels.filter((channel) => channel.is_im);
    return [
      h("div", { class: "sidebar-head" },
        h("p", { class: "team" }, team.name),
        tool("closeDrawer", "close", say("menu.close"), { class: "button button-icon drawer-only" })),
      this.#who(me, people, time),
      h("div", { class: "sidebar-lists" },
        group(say("sidebar.channels"), open.map((channel) => entry(channel, h("span", { class: "hash", "aria-hidden": "true" }, "#")))),
        group(say("sidebar.direct"), direct.map((channel) => entry(channel, avatar(bot.user_id, channel.name, true))))),
      this.#tools(),
    ];
  }

  #who(me, people, time) {
    const options = people.map((person) => h("option", { value: person.id }, `${nameOf(person)} – ${about(person)}`));
    return h(
      "div", { class: "who" },
      h("div", { class: "who-head" },
        h("label", { for: "who", class: "who-label" }, say("sidebar.you")),
        h("button", { type: "button", class: "link-button", "aria-label": say("person.edit"), data: { does: "editPerson", testid: "person-edit" } },
          say("person.edit_short"))),
      h("div", { class: "who-row" }, avatar(me.id, nameOf(me)),
        h("select", { id: "who", class: "field", data: { testid: "who-select" } }, options)),
      me.title && h("p", { class: "who-about", data: { testid: "sidebar-title" }, lang: me.locale.replace("_", "-") }, me.title),
      h("p", { class: "who-about" }, `${me.locale} · ${me.tz} · ${time}`),
      markOf(me) && h("p", { class: "who-about" }, say("sidebar.marked", { mark: markOf(me) })),
    );
  }

  #tools() {
    return h(
      "div", { class: "group tools" }, h("h2", {}, say("sidebar.tools")),
      h("ul", {},
        h("li", {}, tool("addPerson", "person", say("person.add"))),
        h("li", {}, tool("orderFault", "warning", say("fault.open"))),
        h("li", {}, tool("reset", "reset", say("reset.open")))),
      h("div", { class: "theme" }, h("label", { for: "theme" }, say("theme")),
        h("select", { id: "theme", class: "field", data: { testid: "theme" } },
          THEMES.map((name) => h("option", { value: name }, say(`theme.${name}`))))),
    );
  }

  #entry(channel, sign, isOpen, count) {
    return h(
      "li", { data: { key: channel.id } },
      h("button",
        {
          type: "button", class: `entry ${count ? "entry-unread" : ""}`, "aria-current": isOpen ? "page" : null,
          data: { testid: `channel-${channel.id}`, channel: channel.id },
        },
        sign,
        h("span", { class: "entry-name" }, channel.name),
        count > 0 && h("span", { class: "badge" }, String(count), spoken(say("sidebar.new")))),
    );
  }
}

function tool(does, sign, label, { class: look = "entry" } = {}) {
  const words = look === "entry" ? h("span", { class: "entry-name" }, label) : spoken(label);
  return h("button", { type: "button", class: look, data: { does, testid: `tool-${does}` } }, icon(sign), words);
}

function group(title, entries) {
  if (entries.length === 0) return null;
  return h("div", { class: "group", data: { key: title } }, h("h2", {}, title), h("ul", {}, entries));
}

function nameOf(person) {
  return person.real_name || person.name;
}

function markOf(person) {
  if (person.deleted) return say("sidebar.deactivated");
  return person.is_restricted ? say("sidebar.guest") : null;
}

function about(person) {
  return [person.title, markOf(person), person.locale, person.tz].filter(Boolean).join(" · ");
}
