// The messages of one conversation: days, authors, blocks, what only I see.

import { showBlocks } from "./blocks.js";
import { arrange, avatar, h, icon } from "./dom.js";
import { Form } from "./form.js";
import { renderMrkdwn } from "./mrkdwn.js";
import { clockTime, dayKey, dayWords, tsToDate } from "./time.js";

const FOLLOWS_WITHIN_S = 300;
const NEAR_END_PX = 80;

/** The list of messages. `send(body)` performs a block action and answers its outcome. */
export class Messages {
  #send;
  #channel = null;
  #owner = null;
  #shown = new Map(); // key -> Message
  #days = new Map(); // day -> node

  constructor(send) {
    this.#send = send;
    this.root = h("div", { class: "messages" });
    this.#newLog("", "en");
  }

  // A fresh log for each conversation: screen readers announce what is added to a log, and
  // opening another conversation must not read it all aloud.
  #newLog(name, lang) {
    this.#shown.clear();
    this.#days.clear();
    this.log = h("div", {
      class: "log", role: "log", "aria-live": "polite", "aria-label": `Messages in ${name}`, lang, tabindex: 0,
      on: { scroll: () => this.#atEnd() && (this.jump.hidden = true) },
    });
    this.jump = h("button", {
      type: "button", class: "button jump", hidden: true, on: { click: () => this.toEnd() },
    }, "New messages below");
    this.root.replaceChildren(this.log, this.jump);
  }

  update(channel, name, messages, scene, emptyText) {
    const isNew = channel.id !== this.#channel || scene.me.id !== this.#owner;
    if (isNew) this.#newLog(name, scene.locale);
    this.#channel = channel.id;
    this.#owner = scene.me.id;
    const wasAtEnd = isNew || this.#atEnd();
    const known = this.#shown.size;
    const nodes = this.#nodes(channel, messages, scene);
    if (messages.length === 0) nodes.push(this.#emptyNode(emptyText));
    const last = messages.at(-1);
    const isLonger = this.#shown.size > known;
    arrange(this.log, nodes);
    if (wasAtEnd || (isLonger && last.user === scene.me.id)) this.toEnd({ fromStart: isLonger && !isNew });
    else if (isLonger) this.jump.hidden = false;
  }

  #emptyNode(text) {
    const known = this.#days.get("empty");
    if (known?.textContent === text) return known;
    const node = h("p", { class: "empty", lang: "en" }, text);
    this.#days.set("empty", node);
    return node;
  }

  #nodes(channel, messages, scene) {
    const nodes = [];
    const present = new Set();
    let previous = null;
    let previousDay = null;
    for (const message of messages) {
      const key = `${message.ts}${message.ephemeral ? "e" : ""}`;
      const day = dayKey(tsToDate(message.ts), scene.tz);
      if (day !== previousDay) nodes.push(this.#dayNode(day, message, scene));
      const isFollowing = day === previousDay && follows(message, previous);
      let shown = this.#shown.get(key);
      if (!shown) this.#shown.set(key, (shown = new Message(channel, this.#send)));
      shown.update(message, scene, isFollowing);
      present.add(key);
      nodes.push(shown.node);
      previous = message;
      previousDay = day;
    }
    for (const key of this.#shown.keys()) {
      if (!present.has(key)) this.#shown.delete(key);
    }
    return nodes;
  }

  #dayNode(day, message, scene) {
    let node = this.#days.get(day);
    if (!node) {
      const words = dayWords(tsToDate(message.ts), scene.tz);
      node = h("div", { class: "day", lang: "en" }, h("h2", {}, words));
      this.#days.set(day, node);
    }
    return node;
  }

  #atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END_PX;
  }

  /** Scrolls to the newest message; `fromStart`: one that is taller than the screen is read from its top. */
  toEnd({ fromStart = false } = {}) {
    this.jump.hidden = true;
    const newest = this.log.lastElementChild;
    if (fromStart && newest?.offsetHeight > this.log.clientHeight) this.log.scrollTop = newest.offsetTop;
    else this.log.scrollTop = this.log.scrollHeight;
  }
}

function follows(message, previous) {
  return (
    previous !== null && previous.user === message.user && !previous.ephemeral && !message.ephemeral &&
    Number(message.ts) - Number(previous.ts) < FOLLOWS_WITHIN_S
  );
}

class Message {
  #json = "";
  #body = h("div", { class: "message-body" });
  #head = h("div", { class: "message-head" });
  #surface;

  constructor(channel, send) {
    this.#surface = {
      scene: null, form: new Form(), container: null, headingLevel: 3,
      blockNode: (id) => [...this.#body.children].find((node) => node.dataset.blockId === id) ?? this.#body,
      send: (body) => send({ container: this.#surface.container, ...body }),
    };
    this.channel = channel;
    this.node = h("article", { class: "message", data: { testid: "message" } });
  }

  update(message, scene, isFollowing) {
    const json = JSON.stringify([message, isFollowing]);
    if (json === this.#json) return;
    const isFirst = this.#json === "";
    this.#json = json;
    const sent = tsToDate(message.ts);
    const time = clockTime(sent, scene.tz);
    const isBot = message.bot === true || message.user === scene.bot.user_id;
    const name = scene.userName(message.user) ?? message.user;
    this.node.dataset.ts = message.ts;
    this.node.setAttribute("aria-label", `${name}, ${time}`);
    this.node.className = `message ${isFollowing ? "message-following" : ""} ${message.ephemeral ? "message-ephemeral" : ""}`;
    this.#head.replaceChildren(
      h("span", { class: "author" }, name),
      ...(isBot ? [h("span", { class: "app-mark", lang: "en" }, "APP")] : []),
      h("time", { class: "muted", datetime: sent.toISOString(), title: `${dayWords(sent, scene.tz)}, ${time}` }, time),
    );
    this.#showBody(message, scene);
    if (!isFirst) return;
    const note = message.ephemeral && h("p", { class: "only-you", lang: "en" }, icon("eye"), "Only visible to you");
    this.node.append(avatar(message.user, name, isBot), h("div", { class: "message-main" }, note || [], this.#head, this.#body));
  }

  #showBody(message, scene) {
    this.#surface.scene = scene;
    this.#surface.container = { type: "message", channel: this.channel.id, ts: message.ts };
    if (message.blocks?.length) {
      this.#body.querySelector(":scope > .message-text")?.remove();
      this.#body.querySelector(":scope > .edited")?.remove();
      showBlocks(this.#body, message.blocks, this.#surface);
    } else {
      this.#body.replaceChildren(h("div", { class: "message-text" }, renderMrkdwn(message.text, scene)));
    }
    if (message.edited) this.#body.append(h("span", { class: "edited muted", lang: "en" }, "(edited)"));
  }
}
