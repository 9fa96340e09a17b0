// Why Slack would have refused a call, or what a person would have seen fail, in words.

import { say } from "./words.js";

const SEVERITY = /^\[ERROR\] /;
const POINTER = / \[json-pointer:([^\]]*)\]$/;

/** One sentence or more on an entry of the log that is not ok. */
export function refusalWords(entry) {
  const details = detailsOf(entry).map(plainDetail);
  const code = entry.error ?? "";
  const status = /^http_(\d{3})$/.exec(code)?.[1];
  const answer = typeof entry.response === "object" ? entry.response : null;
  const meaning = status
    ? say("why.http", { status })
    : say(`why.${code}`, { needed: answer?.needed }, entry.direction === "to_app" && code ? say("why.unreachable") : code);
  const why = details.length ? `${meaning}. ${details.join(". ")}.` : `${meaning}.`;
  return say(entry.direction === "to_app" ? "traffic.would_fail" : "traffic.would_refuse", { why });
}

function detailsOf({ what, detail, request, response }) {
  if (detail) return [detail];
  const messages = response?.response_metadata?.messages ?? response?.errors;
  if (Array.isArray(messages)) return [...new Set(messages)];
  if (response?.detail) return [response.detail];
  return what.startsWith("answer to ") && typeof request === "string" ? request.split("; ") : [];
}

/** "[ERROR] must be … [json-pointer:/blocks/0/text]" as "/blocks/0/text: must be …". */
function plainDetail(message) {
  const [, place] = POINTER.exec(message) ?? [];
  const words = message.replace(SEVERITY, "").replace(POINTER, "");
  return place ? `${place}: ${words}` : words;
}
