// What this browser tab remembers: who it is, where it is, what was seen. A tab is one person.

const PREFIX = "workspace.";

function read(key, fallback) {
  try {
    const text = sessionStorage.getItem(PREFIX + key);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback; // storage switched off in this browser, or written by something else: start afresh
  }
}

function write(key, value) {
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Without storage the page still works; only a reload forgets.
  }
}

/** The person of this tab: the address (?as=) first, then what the tab remembers, else null. */
export function rememberedPerson() {
  return new URLSearchParams(location.search).get("as") ?? read("person", null);
}

/** Remembers the person in the address and the tab; null forgets. */
export function rememberPerson(id) {
  write("person", id);
  const url = new URL(location.href);
  if (id) url.searchParams.set("as", id);
  else url.searchParams.delete("as");
  history.replaceState(null, "", url);
}

/** {channel, tab} where this person was last, or null. */
export function rememberedPlace(personId) {
  return read(`place.${personId}`, null);
}

/** Remembers where this person is. */
export function rememberPlace(personId, place) {
  write(`place.${personId}`, place);
}

/** The newest message (its ts) that this person has seen in a channel; "0" for none. */
export function lastSeen(personId, channelId) {
  return read(`seen.${personId}`, {})[channelId] ?? "0";
}

/** Everything up to `ts` in the channel is seen. */
export function markSeen(personId, channelId, ts) {
  const seen = read(`seen.${personId}`, {});
  if (seen[channelId] === ts) return;
  write(`seen.${personId}`, { ...seen, [channelId]: ts });
}

/** The workspace began anew, with earlier timestamps: nothing is seen. */
export function forgetSeen(personId) {
  write(`seen.${personId}`, {});
}
