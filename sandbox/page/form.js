// What the person has filled in on one surface (a modal, App Home, a message), in Slack's own shape.

const keyOf = (blockId, actionId) => JSON.stringify([blockId, actionId]);

/**
 * The values of one surface's elements. It outlives the nodes that show them, so that an update of
 * the view, or a view pushed on top, loses nothing that was typed.
 */
export class Form {
  #values = new Map(); // key -> {blockId, actionId, value, touched}
  #present = new Set();
  #checks = new Map(); // blockId -> function: what is wrong, or null

  /** Starts a new look at the blocks: whatever does not register again is gone. */
  begin() {
    this.#present.clear();
    this.#checks.clear();
  }

  /** Forgets the elements that did not register since `begin`. */
  end() {
    for (const key of this.#values.keys()) {
      if (!this.#present.has(key)) this.#values.delete(key);
    }
  }

  /**
   * An element says that it is here. Answers what it should show: what the person chose earlier in an
   * element of the same name and type, else `initial` (a Slack state object such as
   * `{type: "datepicker", selected_date: null}`).
   */
  register(blockId, actionId, initial) {
    const key = keyOf(blockId, actionId);
    this.#present.add(key);
    const known = this.#values.get(key);
    if (known?.touched && known.value.type === initial.type) return known.value;
    this.#values.set(key, { blockId, actionId, value: initial, touched: false });
    return initial;
  }

  /** The block is still shown as it was: its elements and its check stay. */
  keep(blockId, check) {
    for (const [key, entry] of this.#values) {
      if (entry.blockId === blockId) this.#present.add(key);
    }
    if (check) this.#checks.set(blockId, check);
  }

  /** One element is still shown as it was. */
  keepOne(blockId, actionId) {
    const key = keyOf(blockId, actionId);
    if (this.#values.has(key)) this.#present.add(key);
  }

  /** Whether the person has changed this element. */
  isTouched(blockId, actionId) {
    return this.#values.get(keyOf(blockId, actionId))?.touched === true;
  }

  /** The person changed an element. */
  set(blockId, actionId, value) {
    this.#values.set(keyOf(blockId, actionId), { blockId, actionId, value, touched: true });
  }

  /** The present value of an element, or null. */
  value(blockId, actionId) {
    return this.#values.get(keyOf(blockId, actionId))?.value ?? null;
  }

  /** `check` answers what is wrong with an input block, in words, or null. */
  check(blockId, check) {
    this.#checks.set(blockId, check);
  }

  /** The check of a block, to be kept with it. */
  checkOf(blockId) {
    return this.#checks.get(blockId) ?? null;
  }

  /** {block_id: words} of the blocks that can't be submitted as they are. */
  problems() {
    const found = {};
    for (const [blockId, check] of this.#checks) {
      const words = check();
      if (words) found[blockId] = words;
    }
    return found;
  }

  /** Slack's `state.values`: {block_id: {action_id: {type, ...}}}. */
  stateValues() {
    const values = {};
    for (const { blockId, actionId, value } of this.#values.values()) {
      values[blockId] ??= {};
      values[blockId][actionId] = value;
    }
    return values;
  }
}

const EMPTY_KEYS = [
  "value", "selected_option", "selected_options", "selected_date", "selected_time", "selected_date_time",
  "selected_user", "selected_users", "selected_conversation", "selected_conversations", "selected_channel",
  "selected_channels", "rich_text_value", "files",
];

/** Whether a Slack state object holds nothing. */
export function isEmptyValue(state) {
  return EMPTY_KEYS.every((key) => {
    const value = state[key];
    return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  });
}
