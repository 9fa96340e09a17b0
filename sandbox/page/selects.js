// Select menus: which items each kind offers and what Slack calls what was chosen.

import { post, ApiError } from "./api.js";
import { Combobox } from "./combobox.js";
import { plainText } from "./mrkdwn.js";
import { say } from "./words.js";

const DEFAULT_MIN_QUERY = 3;

/** kind -> how its choice is named in state and in payloads, one and several. */
const KINDS = {
  static: { one: "selected_option", many: "selected_options", initialOne: "initial_option", initialMany: "initial_options" },
  external: { one: "selected_option", many: "selected_options", initialOne: "initial_option", initialMany: "initial_options" },
  users: { one: "selected_user", many: "selected_users", initialOne: "initial_user", initialMany: "initial_users" },
  conversations: {
    one: "selected_conversation", many: "selected_conversations",
    initialOne: "initial_conversation", initialMany: "initial_conversations",
  },
  channels: { one: "selected_channel", many: "selected_channels", initialOne: "initial_channel", initialMany: "initial_channels" },
};

/** Whether `type` is a select menu, such as "static_select" or "multi_users_select". */
export function isSelect(type) {
  return kindOf(type) in KINDS;
}

function kindOf(type) {
  return /^(?:multi_)?([a-z]+)_select$/.exec(type)?.[1] ?? "";
}

function optionItem(option) {
  const description = option.description ? plainText(option.description) : null;
  return { value: option.value, label: plainText(option.text), description, option };
}

const normal = (text) => text.toLocaleLowerCase();

function matching(groups, query) {
  const wanted = normal(query);
  const fits = (item) => normal(`${item.label} ${item.description ?? ""}`).includes(wanted);
  return { groups: groups.map(({ label, items }) => ({ label, items: items.filter(fits) })), note: null };
}

function optionGroups(source) {
  if (source.option_groups) {
    return source.option_groups.map((group) => ({ label: plainText(group.label), items: group.options.map(optionItem) }));
  }
  return [{ label: null, items: (source.options ?? []).map(optionItem) }];
}

function people(scene) {
  const items = scene.people
    .filter((person) => !person.deleted)
    .map((person) => ({
      value: person.id, label: person.real_name || person.name, description: person.title || null, option: person.id,
    }));
  return [{ label: null, items }];
}

function conversations(scene, filter) {
  const wanted = filter?.include;
  const items = scene.channels
    .filter((channel) => !wanted || wanted.includes(channel.is_im ? "im" : "public"))
    .map((channel) => ({
      value: channel.id, label: channel.is_im ? channel.name : `#${channel.name}`, description: null, option: channel.id,
    }));
  return [{ label: null, items }];
}

function groupsOf(kind, element, scene) {
  if (kind === "static") return optionGroups(element);
  if (kind === "users") return people(scene);
  if (kind === "channels") return conversations(scene, { include: ["public"] });
  return conversations(scene, element.filter);
}

async function loadExternal(element, place, query) {
  const least = element.min_query_length ?? DEFAULT_MIN_QUERY;
  if (query.length < least) {
    return { groups: [], note: say("element.type_more", { n: least }) };
  }
  try {
    const answer = await post("options", {
      as: place.scene.me.id, container: place.surface.container, block_id: place.blockId,
      action_id: element.action_id, value: query,
    });
    return { groups: optionGroups(answer), note: null };
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    return { groups: [], note: say("element.not_loaded", { why: problem.message }) };
  }
}

/** What an id chosen from people or conversations looks like when it is the initial choice. */
function itemOf(kind, chosen, groups) {
  if (kind === "static" || kind === "external") return optionItem(chosen);
  const known = groups.flatMap(({ items }) => items).find((item) => item.value === chosen);
  return known ?? { value: chosen, label: chosen, description: null, option: chosen };
}

/**
 * A select menu. `place` (elements.js) says where it stands and what to do with a choice.
 */
export function renderSelect(element, place) {
  const kind = kindOf(element.type);
  const isMulti = element.type.startsWith("multi_");
  const names = KINDS[kind];
  const key = isMulti ? names.many : names.one;
  // Asked each time: who and what there is to choose from may change while the menu stands.
  const groups = () => (kind === "external" ? [] : groupsOf(kind, element, place.scene));
  const initial = element[isMulti ? names.initialMany : names.initialOne] ?? (isMulti ? [] : null);
  let state = place.register({ type: element.type, [key]: initial });
  if (kind === "static" && !isMulti && state[key]) {
    const offered = groups().flatMap(({ items }) => items).some((item) => item.value === state[key].value);
    if (!offered) place.set((state = { type: element.type, [key]: null }));
  }
  const current = isMulti ? state[key] : [state[key]].filter((choice) => choice !== null);
  const combobox = new Combobox({
    id: place.fieldId,
    multiple: isMulti,
    max: element.max_selected_items,
    placeholder: plainText(element.placeholder) || say("element.choose"),
    aria: place.aria(element),
    data: { actionId: element.action_id },
    chosen: current.map((choice) => itemOf(kind, choice, groups())),
    slow: kind === "external",
    clearable: !place.required,
    load: (query) => (kind === "external" ? loadExternal(element, place, query) : Promise.resolve(matching(groups(), query))),
    changed: (items) => {
      const chosen = items.map((item) => item.option);
      place.changed(element, { type: element.type, [key]: isMulti ? chosen : (chosen[0] ?? null) }, key);
    },
  });
  return combobox.root;
}
