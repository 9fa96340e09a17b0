// The page of the local workspace: reads the state, shows its parts, reads it again when it changes.

import { act, ApiError, followChanges, get, problemWords } from "./api.js";
import { ClockBar } from "./clockbar.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { Home } from "./home.js";
import { Messages } from "./messages.js";
import { Modal } from "./modal.js";
import * as session from "./session.js";
import { Sidebar } from "./sidebar.js";
import { Traffic } from "./traffic.js";

const byId = (id) => document.getElementById(id);
const NOTICE_MS = 6000;

let state = null;
let scene = null;
let person = session.rememberedPerson();
let place = { channel: null, tab: "messages" };
let announced = 0; // how many unread there were when last said aloud

const clockBar = new ClockBar(byId("topbar"), {
  openDrawer: () => setDrawer(true), toggleTraffic, moved: () => refresh(), failed: (words) => notice(words, true),
});
const sidebar = new Sidebar(byId("sidebar"), {
  choosePerson, open: (channel) => open(channel, "messages"), closeDrawer: () => setDrawer(false),
});
const messages = new Messages((body) => perform("action", body));
const home = new Home((body) => perform("action", body));
const composer = new Composer((kind, body) => perform(kind, body));
const traffic = new Traffic(byId("traffic"), { close: toggleTraffic });
const modal = new Modal({
  action: (body) => perform("action", body),
  submit: (viewId, values) => perform("submit", { view_id: viewId, state: values }),
  close: async (viewId, clear) => {
    draw();
    const outcome = await perform("close", { view_id: viewId, clear });
    if (outcome.error) notice(`Closing was not told to the app: ${problemWords(outcome)}`, true);
  },
});

const title = h("h1", { class: "conversation-title", id: "conversation-title" });
const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Conversation with the app" });
const tabButtons = Object.fromEntries([["home", "Home"], ["messages", "Messages"]].map(([name, words]) => {
  const button = h("button", {
    type: "button", role: "tab", class: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`,
    data: { testid: `kaiku-${name}-tab` }, on: { click: () => open(place.channel, name), keydown: onTabKey },
  }, words);
  tabs.append(button);
  return [name, button];
}));
const panels = {
  home: h("section", { class: "panel", id: "panel-home" }, home.root),
  messages: h("section", { class: "panel", id: "panel-messages" }, messages.root, composer.root),
};
const nowhere = h("p", { class: "empty", hidden: true }, "This person is in no conversation.");

// -- the state ---------------------------------------------------------------------------------------

let reading = null;
let readAgain = false;

/** Reads the state and shows it. Calls that come meanwhile share one more reading after this one. */
function refresh() {
  if (reading) {
    readAgain = true;
    return reading;
  }
  reading = (async () => {
    do {
      readAgain = false;
      await readOnce();
    } while (readAgain);
  })().finally(() => (reading = null));
  return reading;
}

async function readOnce() {
  const asked = person;
  let read;
  try {
    read = await get("state", { as: asked });
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    if (problem.code === "workspace_unreachable") return; // the change stream says so, and reads again
    notice(`The workspace can't be shown: ${problem.message}`, true);
    return;
  }
  if (asked !== person) return; // another person was chosen meanwhile
  take(read);
}

function take(read) {
  const { me } = read;
  const isOther = me.id !== scene?.me.id;
  if (isOther) {
    if (scene) modal.reset();
    person = me.id;
    session.rememberPerson(me.id);
    place = session.rememberedPlace(me.id) ?? { channel: null, tab: "messages" };
    announced = 0;
  }
  state = read;
  scene = sceneOf(read);
  draw();
  traffic.update(read.seq, me.tz);
  if (isOther && !panels.home.hidden) askHome();
}

/** The person looks at the Home tab: the app is asked for it, as by Slack. */
async function askHome() {
  const outcome = await act("home", { as: person });
  if (outcome.error) notice(`The app was not asked for its home: ${problemWords(outcome)}`, true);
}

function sceneOf({ me, people, channels, bot, now }) {
  const names = new Map(people.map((other) => [other.id, other.real_name || other.name]));
  names.set(bot.user_id, bot.name);
  const channelNames = new Map(channels.map((channel) => [channel.id, channel.name]));
  return {
    me, people, channels, bot, now: new Date(now), locale: me.locale.replace("_", "-"), tz: me.tz,
    userName: (id) => names.get(id) ?? null,
    channelName: (id) => channelNames.get(id) ?? null,
  };
}

/** Does something as this person, then shows what came of it. */
async function perform(name, body) {
  const outcome = await act(name, { as: person, ...body });
  await refresh();
  return outcome;
}

// -- showing -----------------------------------------------------------------------------------------

function draw() {
  if (!state) return;
  byId("loading")?.remove();
  if (!title.isConnected) byId("conversation").append(h("div", { class: "conversation-head" }, title, tabs), nowhere, ...Object.values(panels));
  const channel = state.channels.find(({ id }) => id === place.channel) ?? state.channels.find(({ is_im: isIm }) => isIm) ?? state.channels[0];
  place.channel = channel?.id ?? null;
  clockBar.update(scene, state.clock_movable);
  nowhere.hidden = channel !== undefined;
  drawConversation(channel);
  const unread = unreadCounts();
  sidebar.update(state, scene, place.channel, unread);
  modal.update(state.views, scene);
  const total = Object.values(unread).reduce((sum, count) => sum + count, 0);
  document.title = `${total ? `(${total}) ` : ""}${title.textContent} – ${state.team.name}`;
  if (total > announced) announce(`${total} new ${total === 1 ? "message" : "messages"} in other conversations`);
  announced = total;
}

function drawConversation(channel) {
  const isHome = channel?.is_im === true && place.tab === "home";
  title.textContent = channel ? (channel.is_im ? channel.name : `# ${channel.name}`) : state.team.name;
  tabs.hidden = channel?.is_im !== true;
  for (const [name, button] of Object.entries(tabButtons)) {
    const isOpen = name === (isHome ? "home" : "messages");
    button.setAttribute("aria-selected", String(isOpen));
    button.tabIndex = isOpen ? 0 : -1;
    panels[name].hidden = !isOpen || !channel;
    if (channel?.is_im) {
      panels[name].setAttribute("role", "tabpanel");
      panels[name].setAttribute("aria-labelledby", `tab-${name}`);
    } else {
      panels[name].removeAttribute("role");
      panels[name].setAttribute("aria-labelledby", "conversation-title");
    }
  }
  if (!channel) return;
  home.update(state.home, scene, `${state.bot.name} has not shown its home yet. It comes a moment after the tab is opened.`);
  const name = channel.is_im ? channel.name : `#${channel.name}`;
  const start = channel.is_im
    ? `This is where you and ${channel.name} talk. Write / to see what it can do.`
    : `This is the beginning of #${channel.name}.`;
  const list = state.messages[channel.id] ?? [];
  messages.update(channel, name, list, scene, start);
  composer.update(channel, `Message ${name}`, scene.me.id, state.commands);
  if (!isHome && document.visibilityState === "visible" && list.length) session.markSeen(scene.me.id, channel.id, list.at(-1).ts);
}

/** New messages by channel: newer than what was seen there, and not my own. */
function unreadCounts() {
  const counts = {};
  for (const [channelId, list] of Object.entries(state.messages)) {
    const seen = Number(session.lastSeen(scene.me.id, channelId));
    if (seen > scene.now / 1000 + 1) session.forgetSeen(scene.me.id); // the workspace was reset: time went back
    const fresh = list.filter((message) => Number(message.ts) > seen && message.user !== scene.me.id);
    if (fresh.length) counts[channelId] = fresh.length;
  }
  return counts;
}

function notice(words, isProblem = false, lasts = NOTICE_MS) {
  const node = h("p", { class: `notice ${isProblem ? "notice-problem" : ""}` }, words);
  byId("notices").append(node);
  if (lasts) setTimeout(() => node.remove(), lasts);
  return node;
}

function announce(words) {
  byId("announcer").textContent = words;
}

// -- moving about ------------------------------------------------------------------------------------

function open(channel, tab) {
  place = { channel, tab };
  session.rememberPlace(scene.me.id, place);
  setDrawer(false);
  draw();
  const isBot = state.channels.find(({ id }) => id === channel)?.is_im;
  if (isBot && tab === "home") askHome();
  else if (tab === "messages" && window.matchMedia("(min-width: 48rem)").matches) messages.toEnd();
}

function choosePerson(id) {
  person = id;
  session.rememberPerson(id);
  refresh();
}

function onTabKey(event) {
  if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const isFirst = event.key === "Home" || (event.key !== "End" && place.tab !== "home");
  open(place.channel, isFirst ? "home" : "messages");
  tabButtons[place.tab].focus();
}

function toggleTraffic() {
  const panel = byId("traffic");
  panel.hidden = !panel.hidden;
  document.body.classList.toggle("with-traffic", !panel.hidden);
  clockBar.traffic.setAttribute("aria-expanded", String(!panel.hidden));
  if (panel.hidden) clockBar.traffic.focus();
  else traffic.update(state?.seq ?? 0, scene?.tz ?? "UTC");
}

/** On a narrow screen the sidebar is a drawer over the conversation. */
function setDrawer(isOpen) {
  if (document.body.classList.contains("with-drawer") === isOpen) return;
  document.body.classList.toggle("with-drawer", isOpen);
  byId("veil").hidden = !isOpen;
  byId("conversation").inert = isOpen;
  clockBar.drawer.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) byId("sidebar").querySelector("button, select")?.focus();
  else clockBar.drawer.focus();
}

byId("veil").addEventListener("click", () => setDrawer(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("with-drawer")) setDrawer(false);
});
document.addEventListener("visibilitychange", draw);
window.matchMedia("(min-width: 48rem)").addEventListener("change", () => setDrawer(false));

let lostNotice = null;
followChanges({
  changed: refresh,
  lost: () => (lostNotice = notice("The connection to the workspace was lost. Trying again…", true, 0)),
  back: () => {
    lostNotice?.remove();
    traffic.restart();
    notice("Connected again; the page is up to date.");
    refresh();
  },
});
refresh();
