// The control API of the workspace (sandbox/README.md), as the page uses it.

import { say } from "./words.js";

/** A call that the workspace refused or that did not reach it; `code` is the error's code. */
export class ApiError extends Error {
  constructor(code, detail) {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new ApiError("workspace_unreachable", say("why.workspace_unreachable"));
  }
  let body;
  try {
    body = await response.json();
  } catch {
    throw new ApiError(`http_${response.status}`, "the answer is not JSON");
  }
  if (!response.ok || body.ok === false) throw new ApiError(body.error ?? `http_${response.status}`, body.detail);
  return body;
}

/** GET /control/<name>; query values that are null are left out. */
export function get(name, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const search = new URLSearchParams(given).toString();
  return call(`/control/${name}${search ? `?${search}` : ""}`);
}

/** POST /control/<name> with a JSON body. */
export function post(name, body) {
  return call(`/control/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** POST something a person does; the outcome, with a failed call told as `outcome.error` and `detail`. */
export async function act(name, body) {
  try {
    const answer = await post(name, body);
    return answer.outcome ?? { acked: true, error: null };
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    return { acked: false, error: problem.code, detail: problem.detail };
  }
}

const RETRY_MS = 1000;

/**
 * Follows /control/changes for ever, opening the stream again whenever it breaks.
 * @param {{changed: function, lost: function, back: function}} told `back` comes after `lost`
 */
export function followChanges({ changed, lost, back }) {
  let isLost = false;
  const open = () => {
    const stream = new EventSource("/control/changes");
    stream.onopen = () => {
      if (isLost) back();
      isLost = false;
    };
    stream.onmessage = () => changed();
    stream.onerror = () => {
      stream.close();
      if (!isLost) lost();
      isLost = true;
      setTimeout(open, RETRY_MS);
    };
  };
  open();
}

/** What went wrong in an outcome, for people: the code and what it means. */
export function problemWords(outcome) {
  const words = outcome.detail ?? say(`why.${outcome.error}`, {}, "");
  return words ? `${outcome.error} (${words})` : String(outcome.error);
}
