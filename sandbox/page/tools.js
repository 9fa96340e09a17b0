// What one does to the workspace itself: add or change people, order faults, start over.

import { ApiError, post } from "./api.js";
import { askConfirm } from "./confirm.js";
import { h, icon, newId, spoken } from "./dom.js";
import { say } from "./words.js";

const LOCALES = [["fi-FI", "suomi (fi-FI)"], ["sv-SE", "svenska (sv-SE)"], ["sv-FI", "svenska (sv-FI)"], ["en-GB", "English (en-GB)"], ["en-US", "English (en-US)"]];
const ZONES = ["Europe/Helsinki", "Europe/Mariehamn", "Europe/Stockholm", "Europe/Brussels", "Europe/London", "America/New_York", "Asia/Tokyo", "UTC"];
const METHODS = [
  "chat.postMessage", "chat.update", "chat.postEphemeral", "chat.delete", "views.open", "views.push", "views.update",
  "views.publish", "conversations.open", "conversations.history", "users.info",
];

/**
 * A dialog with a form; answers what `save()` answered, or null. When that is undefined, the form says what is
 * wrong itself and stays; what it throws as an ApiError is said in the dialog.
 */
function formDialog({ title, about, fields, submit, failed, save, testid }) {
  return new Promise((resolve) => {
    const [titleId, aboutId] = [newId("tool-title"), newId("tool-about")];
    const problem = h("p", { class: "problem dialog-problem", role: "alert", hidden: true });
    const finish = (saved) => {
      dialog.close(); // the browser gives the focus back to what opened it
      dialog.remove();
      resolve(saved);
    };
    const onSubmit = async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const saved = await save();
        if (saved !== undefined) finish(saved);
      } catch (why) {
        if (!(why instanceof ApiError)) throw why;
        problem.hidden = false;
        problem.replaceChildren(icon("warning"), say(failed, { why: why.message }));
      }
    };
    const dialog = h(
      "dialog", { class: "dialog dialog-tool", "aria-labelledby": titleId, "aria-describedby": about && aboutId, data: { testid } },
      h("div", { class: "dialog-head" }, h("h2", { id: titleId, class: "dialog-title" }, title),
        h("button", { type: "button", class: "button button-icon", on: { click: () => finish(null) } }, icon("close"), spoken(say("close")))),
      h("form", { class: "dialog-form", novalidate: true, on: { submit: onSubmit } },
        h("div", { class: "dialog-body tool-fields" }, about && h("div", { id: aboutId, class: "muted" }, about), fields),
        problem,
        h("div", { class: "dialog-foot" },
          h("button", { type: "button", class: "button", on: { click: () => finish(null) } }, say("cancel")),
          h("button", { type: "submit", class: "button button-primary", data: { testid: `${testid}-save` } }, submit))),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      finish(null);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("input, select").focus();
  });
}

function field(label, node, after = null) {
  node.id ||= newId("tool-field");
  return h("div", { class: "tool-field" }, h("label", { for: node.id, class: "label" }, label), node, after);
}

function textField(value, more = {}) {
  return h("input", { type: "text", class: "field", value: value ?? "", autocomplete: "off", ...more });
}

function selectField(pairs, value) {
  const known = pairs.some(([each]) => each === value) || value === undefined ? pairs : [...pairs, [value, value]];
  const node = h("select", { class: "field" }, known.map(([each, words]) => h("option", { value: each }, words)));
  if (value !== undefined) node.value = value;
  return node;
}

function checkField(label, checked) {
  const box = h("input", { type: "checkbox", checked, id: newId("tool-check") });
  return { box, node: h("div", { class: "choice" }, box, h("label", { for: box.id }, label)) };
}

/**
 * Adds a person, or with `person` changes what is known of one. Answers the person as saved, or null.
 * @param {Array} people everyone, so that the new id is nobody's
 */
export function askPerson(people, person = null) {
  const problemId = newId("tool-problem");
  const name = textField(person?.real_name ?? person?.name, { "aria-describedby": problemId, "aria-required": "true", data: { testid: "person-name" } });
  const wrong = h("p", { id: problemId, class: "field-problem problem", hidden: true });
  const title = textField(person?.title, { data: { testid: "person-title" } });
  const locale = selectField(LOCALES, person?.locale ?? "fi-FI");
  const zone = selectField(ZONES.map((each) => [each, each]), person?.tz ?? ZONES[0]);
  const guest = checkField(say("person.guest"), person?.is_restricted ?? false);
  const gone = checkField(say("person.deactivated"), person?.deleted ?? false);
  const save = async () => {
    const given = name.value.trim();
    if (!given) {
      name.setAttribute("aria-invalid", "true");
      wrong.hidden = false;
      wrong.replaceChildren(icon("warning"), say("person.unnamed"));
      name.focus();
      return undefined;
    }
    const fields = {
      title: title.value.trim(), locale: locale.value, tz: zone.value, is_restricted: guest.box.checked,
      ...(person ? { id: person.id, real_name: given, deleted: gone.box.checked } : { id: newPersonId(given, people), name: given }),
    };
    return (await post("person", fields)).person;
  };
  return formDialog({
    title: say(person ? "person.edit" : "person.add"), submit: say("person.save"), failed: "person.failed", testid: "person",
    fields: [
      field(say("person.name"), name, wrong), field(say("person.title"), title), field(say("person.locale"), locale),
      field(say("person.tz"), zone), guest.node, person && gone.node,
    ].filter(Boolean),
    save,
  });
}

/** "U" and the name's letters, with a number when somebody has that id. */
function newPersonId(name, people) {
  const letters = name.normalize("NFKD").toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, 12);
  const taken = new Set(people.map((person) => person.id));
  for (let number = 1; ; number += 1) {
    const id = `U${letters}${number === 1 && letters ? "" : number}`;
    if (!taken.has(id)) return id;
  }
}

/** Orders how the app's next calls fail. `kinds` are those that the workspace knows, `waiting` those still to come. */
export function askFault(kinds, waiting) {
  const method = selectField([["*", say("fault.any")], ...METHODS.map((each) => [each, each])], "*");
  method.dataset.testid = "fault-method";
  const kind = selectField(kinds.map((each) => [each, kindWords(each)]));
  kind.dataset.testid = "fault-kind";
  const times = textField("1", { inputmode: "numeric", data: { testid: "fault-times" } });
  const wait = textField("1", { inputmode: "numeric" });
  const waitField = field(say("fault.retry_after"), wait);
  const showWait = () => (waitField.hidden = kind.value !== "rate_limited");
  kind.addEventListener("change", showWait);
  showWait();
  return formDialog({
    title: say("fault.title"), about: [h("p", {}, say("fault.about")), waitingWords(waiting)], submit: say("fault.order"),
    failed: "fault.failed", testid: "fault",
    fields: [
      field(say("fault.method"), method), field(say("fault.kind"), kind),
      field(say("fault.times"), times), waitField,
    ],
    save: () => post("faults", { method: method.value, fault: kind.value, times: times.value, retry_after: wait.value }),
  });
}

function kindWords(kind) {
  return say(`fault.${kind}`, {}, kind);
}

function waitingWords(waiting) {
  if (waiting.length === 0) return h("p", {}, say("fault.none"));
  const n = waiting.reduce((sum, { times }) => sum + times, 0);
  const lines = waiting.map(({ method, fault, times }) =>
    h("li", {}, say("fault.one", { method: method === "*" ? say("fault.any") : method, kind: kindWords(fault), times })));
  return [h("p", {}, say("fault.waiting", { n })), h("ul", { class: "rich-list" }, lines)];
}

/** Asks, then begins the workspace anew; whether it did. Raises ApiError. */
export async function askReset(scene) {
  const plain = (key) => ({ type: "plain_text", text: say(key) });
  const sure = {
    title: plain("reset.title"), text: plain("reset.text"), confirm: plain("reset.open"), deny: plain("cancel"), style: "danger",
  };
  if (!(await askConfirm(sure, scene))) return false;
  await post("reset", {});
  return true;
}
