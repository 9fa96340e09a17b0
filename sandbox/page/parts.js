// The parts of the page, built in the language of the person who looks; main.js tells them what to show.

import { ClockBar } from "./clockbar.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { Home } from "./home.js";
import { Messages } from "./messages.js";
import { Modal } from "./modal.js";
import { Sidebar } from "./sidebar.js";
import { Traffic } from "./traffic.js";
import { say } from "./words.js";

const TABS = ["home", "messages"];

/**
 * Builds all parts anew into the page.
 * @param {function} byId finds the page's landmarks
 * @param {object} told what the parts tell main.js
 * @param {Map} drafts what was typed in the composers
 */
export function buildParts(byId, told, drafts) {
  byId("skip").textContent = say("skip");
  const perform = told.perform;
  const parts = {
    clockBar: new ClockBar(byId("topbar"), told),
    sidebar: new Sidebar(byId("sidebar"), told),
    messages: new Messages((body) => perform("action", body)),
    home: new Home((body) => perform("action", body)),
    composer: new Composer(perform, drafts),
    traffic: new Traffic(byId("traffic"), { close: told.toggleTraffic }),
    modal: new Modal({
      action: (body) => perform("action", body),
      submit: (viewId, values) => perform("submit", { view_id: viewId, state: values }),
      close: told.closeView,
    }),
    title: h("h1", { class: "conversation-title", id: "conversation-title" }),
    nowhere: h("p", { class: "empty", hidden: true }, say("conversation.none")),
  };
  parts.panels = {
    home: h("section", { class: "panel", id: "panel-home" }, parts.home.root),
    messages: h("section", { class: "panel", id: "panel-messages" }, parts.messages.root, parts.composer.root),
  };
  parts.tabButtons = Object.fromEntries(TABS.map((name) => [name, tabButton(name, told)]));
  parts.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": say("conversation.with_app") }, Object.values(parts.tabButtons));
  byId("conversation").replaceChildren(
    h("div", { class: "conversation-head" }, parts.title, parts.tabs), parts.nowhere, ...Object.values(parts.panels),
  );
  return parts;
}

function tabButton(name, told) {
  return h("button", {
    type: "button", role: "tab", class: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`,
    data: { testid: `kaiku-${name}-tab` }, on: { click: () => told.openTab(name), keydown: (event) => onTabKey(event, name, told) },
  }, say(name));
}

function onTabKey(event, name, told) {
  if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const isFirst = event.key === "Home" || (event.key !== "End" && name !== "home");
  told.openTab(isFirst ? "home" : "messages");
  document.getElementById(`tab-${isFirst ? "home" : "messages"}`).focus();
}
