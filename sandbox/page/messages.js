// The messages of one conversation: days, authors, blocks, replies, what only I see.

import { showBlocks } from "./blocks.js";
import { arrange, avatar, h, icon } from "./dom.js";
import { Form } from "./form.js";
import { renderMrkdwn } from "./mrkdwn.js";
import { clockTime, dayKey, dayWords, tsToDate } from "./time.js";
import { say, spokenLanguage } from "./words.js";

const FOLLOWS_WITHIN_S = 300;
const NEAR_END_PX = 80;

/** The list of messages. `send(body)` performs a block action and answers its outcome. */
export class Messages {
  #send;
  #channel = null;
  #owner = null;
  #shown = new Map(); // key -> Message
  #days = new Map(); // day -> node
  #newest = "0"; // ts of the last message on show

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
    this.#newest = "0";
    this.log = h("div", {
      class: "log", role: "log", "aria-live": "polite", "aria-label": say("conversation.log", { name }), lang, tabindex: 0,
      on: { scroll: () => this.#atEnd() && (this.jump.hidden = true) },
    });
    this.jump = h("button", {
      type: "button", class: "button jump", hidden: true, on: { click: () => this.toEnd() },
    }, say("conversation.jump"));
    this.root.replaceChildren(this.log, this.jump);
  }

  update(channel, name, messages, scene, emptyText) {
    const isNew = channel.id !== this.#channel || scene.me.id !== this.#owner;
    if (isNew) this.#newLog(name, scene.locale);
    this.#channel = channel.id;
    this.#owner = scene.me.id;
    const wasAtEnd = isNew || this.#atEnd();
    const before = this.#newest;
    this.#newest = messages.at(-1)?.ts ?? "0";
    const nodes = this.#nodes(channel, messages, scene);
    if (messages.length === 0) nodes.push(this.#emptyNode(emptyText));
    const last = messages.at(-1);
    const isLonger = Number(this.#newest) > Number(before);
    arrange(this.log, nodes);
    if (wasAtEnd || (isLonger && last.user === scene.me.id)) this.toEnd({ fromStart: isLonger && !isNew });
    else if (isLonger) this.jump.hidden = false;
  }

  #emptyNode(text) {
    const known = this.#days.get("empty");
    if (known?.textContent === text) return known;
    const node = h("p", { class: "empty", lang: spokenLanguage() }, text);
    this.#days.set("empty", node);
    return node;
  }

  #nodes(channel, messages, scene) {
    const nodes = [];
    const present = new Set();
    let previous = null;
    let previousDay = null;
    const { first, replies } = inThreads(messages);
    for (const message of first) {
      const key = keyOf(message);
      const day = dayKey(tsToDate(message.ts), scene.tz);
      if (day !== previousDay) nodes.push(this.#dayNode(day, message, scene));
      const isFollowing = day === previousDay && follows(message, previous);
      let shown = this.#shown.get(key);
      if (!shown) this.#shown.set(key, (shown = new Message(channel, this.#send)));
      shown.update(message, scene, isFollowing);
      shown.showReplies(message, replies.get(message.ts) ?? [], scene);
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
      node = h("div", { class: "day", lang: spokenLanguage() }, h("h2", {}, words));
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

function keyOf(message) {
  return `${message.ts}${message.ephemeral ? "e" : ""}`;
}

/** What stands in the conversation itself, and the replies by the ts of the message they stand under. */
function inThreads(messages) {
  const parents = new Set(messages.filter((message) => !isReply(message)).map((message) => message.ts));
  const first = [];
  const replies = new Map();
  for (const message of messages) {
    if (!isReply(message) || !parents.has(message.thread_ts)) first.push(message);
    else replies.set(message.thread_ts, [...(replies.get(message.thread_ts) ?? []), message]);
  }
  return { first, replies };
}

function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
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
  #main = null;
  #surface;
  #send;
  #thread = null; // {said, list, node, shown: Map(key -> Message)} once there are replies

  constructor(channel, send, testid = "message") {
    this.#send = send;
    this.#surface = {
      scene: null, form: new Form(), container: null, headingLevel: 3,
      blockNode: (id) => [...this.#body.querySelectorAll("[data-block-id]")].find((node) => node.dataset.blockId === id) ?? this.#body,
      send: (body) => send({ container: this.#surface.container, ...body }),
    };
    this.channel = channel;
    this.node = h("article", { class: "message", data: { testid } });
  }

  update(message, scene, isFollowing) {
    this.#surface.scene = scene;
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
      ...(isBot ? [h("span", { class: "app-mark", lang: spokenLanguage() }, say("message.app"))] : []),
      h("time", { class: "muted", datetime: sent.toISOString(), title: `${dayWords(sent, scene.tz)}, ${time}` }, time),
    );
    this.#showBody(message, scene);
    if (!isFirst) return;
    const note = message.ephemeral && h("p", { class: "only-you", lang: spokenLanguage() }, icon("eye"), say("message.only_you"));
    this.#main = h("div", { class: "message-main" }, note || [], this.#head, this.#body);
    this.node.append(avatar(message.user, name, isBot), this.#main);
  }

  /** The thread under this message; `reply_count` may count replies that this person is not shown. */
  showReplies(message, replies, scene) {
    const count = Math.max(replies.length, message.reply_count ?? 0);
    if (count === 0 && !this.#thread) return;
    this.#thread ??= this.#beginThread();
    const { said, list, shown, node } = this.#thread;
    node.hidden = count === 0;
    node.setAttribute("aria-label", say("thread.label", {
      name: scene.userName(message.user) ?? message.user, time: clockTime(tsToDate(message.ts), scene.tz),
    }));
    said.textContent = say("thread.replies", { n: count });
    const nodes = replies.map((reply, n) => {
      const key = keyOf(reply);
      if (!shown.has(key)) shown.set(key, new Message(this.channel, this.#send, "reply"));
      shown.get(key).update(reply, scene, n > 0 && follows(reply, replies[n - 1]));
      return shown.get(key).node;
    });
    arrange(list, nodes);
  }

  #beginThread() {
    const said = h("p", { class: "thread-count", lang: spokenLanguage() });
    const list = h("div", { class: "thread-list" });
    const node = h("section", { class: "thread", data: { testid: "thread" } }, said, list);
    this.#main.append(node);
    return { said, list, node, shown: new Map() };
  }

  #showBody(message, scene) {
    this.#surface.container = { type: "message", channel: this.channel.id, ts: message.ts };
    if (message.blocks?.length) {
      this.#body.querySelector(":scope > .message-text")?.remove();
      this.#body.querySelector(":scope > .edited")?.remove();
      showBlocks(this.#body, message.blocks, this.#surface);
    } else {
      this.#body.replaceChildren(h("div", { class: "message-text" }, renderMrkdwn(message.text, scene)));
    }
    if (message.edited) this.#body.append(h("span", { class: "edited muted", lang: spokenLanguage() }, say("message.edited")));
  }
}
