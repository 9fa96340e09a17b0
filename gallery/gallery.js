// Draws the gallery's entries with the local workspace's own code for blocks.

import { showBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { Form } from "./form.js";
import { plainText, renderMrkdwn } from "./mrkdwn.js";
import { speak } from "./words.js";

const LOCALES = { fi: "fi-FI", sv: "sv-FI", en: "en-GB" };
const { parts, people } = JSON.parse(document.getElementById("content").textContent);
const names = new Map(people.map(({ id, name }) => [id, name]));
const scene = {
  me: people[0], people, channels: [], locale: LOCALES.fi, tz: "Europe/Helsinki",
  userName: (id) => names.get(id) ?? null, channelName: (id) => id.toLowerCase(),
};

function surfaceOf(body, locale) {
  const mine = { ...scene, locale };
  return {
    scene: mine, form: new Form(), container: null, headingLevel: 4,
    blockNode: () => body, send: async () => ({}),
  };
}

function draw(shown, language) {
  speak(LOCALES[language]);
  const body = h("div", { class: "view-body", lang: language });
  const box = h("div", { class: "gallery-shown", lang: language });
  if (shown.type === "sentence") {
    body.append(h("p", {}, shown.text));
    box.append(body);
    return box;
  }
  if (shown.title) box.append(h("p", { class: "gallery-title" }, plainText(shown.title)));
  if ((shown.blocks ?? []).length > 0) showBlocks(body, shown.blocks, surfaceOf(body, LOCALES[language]));
  else body.append(renderMrkdwn(shown.text, scene));
  box.append(body);
  const buttons = [];
  if (shown.close) buttons.push(h("button", { type: "button", class: "button" }, plainText(shown.close)));
  if (shown.submit) {
    buttons.push(h("button", { type: "button", class: "button button-primary" }, plainText(shown.submit)));
  }
  if (buttons.length > 0) box.append(h("div", { class: "gallery-foot" }, ...buttons));
  return box;
}

const main = document.getElementById("entries");
const found = [];
for (const [number, [heading, entries]] of parts.entries()) {
  const part = h("section", { class: "gallery-part" }, h("h2", { id: `part-${number + 1}` }, heading));
  for (const entry of entries) {
    const row = h("div", { class: "gallery-row" });
    const node = h(
      "article", { class: "gallery-entry" },
      h("h3", {}, entry.name), h("p", { class: "gallery-keys" }, entry.keys.join(" · ")), row,
    );
    for (const language of Object.keys(LOCALES)) row.append(draw(entry.shown[language], language));
    found.push({ node, text: [entry.name, ...entry.keys, node.textContent].join(" ").toLowerCase() });
    part.append(node);
  }
  main.append(part);
}
document.documentElement.lang = "en";
document.getElementById("find").addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const { node, text } of found) node.hidden = !text.includes(wanted);
});
