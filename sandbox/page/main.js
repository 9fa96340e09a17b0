// The page of the local workspace: reads the state, shows its parts, reads it again when it changes.

import { act, ApiError, followChanges, get, problemWords } from "./api.js";
import { h } from "./dom.js";
import { buildParts } from "./parts.js";
import { whenReleased } from "./press.js";
import * as session from "./session.js";
import { chosenTheme, showTheme } from "./theme.js";
import { askFault, askPerson, askReset } from "./tools.js";
import { say, speak } from "./words.js";

const byId = (id) => document.getElementById(id);
const NOTICE_MS = 6000;

let state = null;
let scene = null;
let parts = null;
let person = session.rememberedPerson();
let place = { channel: null, tab: "messages" };
let announced = 0; // how many unread there were when last said aloud
const drafts = new Map();

const told = {
  choosePerson, perform, toggleTraffic, addPerson, editPerson, orderFault, reset,
  open: (channel) => open(channel, "messages"),
  openTab: (tab) => open(place.channel, tab),
  openDrawer: () => setDrawer(true),
  closeDrawer: () => setDrawer(false),
  moved: refresh,
  failed: (words) => notice(words, true),
  closeView: async (viewId, clear) => {
    draw();
    const outcome = await perform("close", { view_id: viewId, clear });
    if (outcome.error) notice(say("modal.not_told", { why: problemWords(outcome) }), true);
  },
};

// -- the state ---------------------------------------------------------------------------------------

let reading = null;
let readingNext = null;

/** Reads the state and shows it; resolves when a reading that began after this call is on show. */
function refresh() {
  if (!reading) return (reading = readOnce().finally(() => (reading = null)));
  readingNext ??= reading.finally(() => (readingNext = null)).then(refresh);
  return readingNext;
}

async function readOnce() {
  const asked = person;
  let read;
  try {
    read = await get("state", { as: asked });
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    if (problem.code === "workspace_unreachable") return; // the change stream says so, and reads again
    notice(say("page.failed", { why: problem.message }), true);
    return;
  }
  if (asked !== person) return; // another person was chosen meanwhile
  take(read);
}

function take(read) {
  const { me } = read;
  const isOther = me.id !== scene?.me.id;
  if (isOther) {
    parts?.modal.reset();
    person = me.id;
    session.rememberPerson(me.id);
    place = session.rememberedPlace(me.id) ?? { channel: null, tab: "messages" };
    announced = 0;
  }
  state = read;
  scene = sceneOf(read);
  draw();
  if (isOther && isAtHome()) askHome();
}

/** The person looks at the Home tab: the app is asked for it, as by Slack. */
async function askHome() {
  const outcome = await act("home", { as: person });
  if (outcome.error) notice(say("page.no_home", { why: problemWords(outcome) }), true);
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
  if (state) whenReleased(drawNow);
}

function drawNow() {
  const isOtherLanguage = speak(scene.locale);
  if (!parts || isOtherLanguage) furnish();
  const channel = state.channels.find(({ id }) => id === place.channel) ?? state.channels.find(({ is_im: isIm }) => isIm) ?? state.channels[0];
  place.channel = channel?.id ?? null;
  parts.clockBar.update(scene, state.clock_movable);
  parts.nowhere.hidden = channel !== undefined;
  drawConversation(channel);
  const unread = unreadCounts();
  parts.sidebar.update(state, scene, place.channel, unread);
  parts.modal.update(state.views, scene);
  parts.traffic.update(state.seq, scene.tz);
  const total = Object.values(unread).reduce((sum, count) => sum + count, 0);
  document.title = `${total ? `(${total}) ` : ""}${parts.title.textContent} – ${state.team.name}`;
  if (total > announced) announce(say("conversation.elsewhere", { n: total }));
  announced = total;
}

/** Builds the parts in the language that is spoken now; what was typed and where one was stays. */
function furnish() {
  const focusedId = byId("sidebar").contains(document.activeElement) ? document.activeElement.id : null;
  parts?.modal.reset();
  parts?.clockBar.stop();
  parts = buildParts(byId, told, drafts);
  parts.clockBar.traffic.setAttribute("aria-expanded", String(!byId("traffic").hidden));
  if (focusedId) byId(focusedId)?.focus();
}

function isAtHome() {
  return place.tab === "home" && state.channels.find(({ id }) => id === place.channel)?.is_im === true;
}

function drawConversation(channel) {
  const { title, tabs, tabButtons, panels } = parts;
  const isHome = isAtHome();
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
  parts.home.update(state.home, scene, say("home.empty", { name: state.bot.name }));
  const name = channel.is_im ? channel.name : `#${channel.name}`;
  const start = say(channel.is_im ? "conversation.start_app" : "conversation.start", { name });
  const list = state.messages[channel.id] ?? [];
  parts.messages.update(channel, name, list, scene, start);
  parts.composer.update(channel, say("composer.label", { name }), scene.me.id, state.commands);
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
  else if (tab === "messages" && window.matchMedia("(min-width: 48rem)").matches) parts.messages.toEnd();
}

function choosePerson(id) {
  person = id;
  session.rememberPerson(id);
  refresh();
}

// -- the workspace's own tools -----------------------------------------------------------------------

async function addPerson() {
  const added = await askPerson(state.people);
  if (!added) return;
  notice(say("person.added", { name: added.real_name }));
  choosePerson(added.id);
}

async function editPerson() {
  if (await askPerson(state.people, state.me)) await refresh();
}

async function orderFault() {
  if (await askFault(state.fault_kinds, state.trouble.faults)) await refresh();
}

async function reset() {
  try {
    if (!(await askReset(scene))) return;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    notice(say("reset.failed", { why: problem.message }), true);
    return;
  }
  drafts.clear();
  parts.modal.reset();
  parts.traffic.restart();
  await refresh();
}

// -- panels beside the conversation ------------------------------------------------------------------

function toggleTraffic() {
  const panel = byId("traffic");
  panel.hidden = !panel.hidden;
  document.body.classList.toggle("with-traffic", !panel.hidden);
  parts.clockBar.traffic.setAttribute("aria-expanded", String(!panel.hidden));
  if (panel.hidden) parts.clockBar.traffic.focus();
  else parts.traffic.update(state.seq, scene.tz);
}

/** On a narrow screen the sidebar is a drawer over the conversation. */
function setDrawer(isOpen) {
  if (document.body.classList.contains("with-drawer") === isOpen) return;
  document.body.classList.toggle("with-drawer", isOpen);
  byId("veil").hidden = !isOpen;
  byId("conversation").inert = isOpen;
  parts.clockBar.drawer.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) byId("sidebar").querySelector("button, select")?.focus();
  else parts.clockBar.drawer.focus();
}

byId("veil").addEventListener("click", () => setDrawer(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return; // the dialog is what it closes
  if (document.body.classList.contains("with-drawer")) setDrawer(false);
  else if (byId("traffic").contains(event.target) && !event.target.value) toggleTraffic(); // a search clears first
});
document.addEventListener("visibilitychange", draw);
window.matchMedia("(min-width: 48rem)").addEventListener("change", () => setDrawer(false));

showTheme(chosenTheme());
speak(navigator.language);
byId("loading").textContent = say("loading");
let lostNotice = null;
followChanges({
  changed: refresh,
  lost: () => (lostNotice = notice(say("page.lost"), true, 0)),
  back: () => {
    lostNotice?.remove();
    parts?.traffic.restart();
    notice(say("page.found"));
    refresh();
  },
});
refresh();
