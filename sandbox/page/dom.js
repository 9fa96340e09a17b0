// Builds the page's nodes. Text only ever enters as text nodes: nothing here parses HTML.

const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "hidden", "readOnly", "open"]);

/**
 * Makes an element.
 * @param {string} tag
 * @param {object} [props] attributes; `on` holds listeners, `data` the dataset, `class` the class names;
 *   null, undefined and false leave the attribute out
 * @param {...(Node|string|null|false|Array)} children strings become text nodes
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "data") {
      for (const [key, datum] of Object.entries(value)) {
        if (datum !== undefined && datum !== null) node.dataset[key] = datum;
      }
    } else if (name === "class") {
      node.className = value;
    } else if (PROPERTIES.has(name)) {
      node[name] = value;
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(node, children);
  return node;
}

/** Appends children, leaving out null and false. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
}

let lastId = 0;

/** A new id, unique in this page. */
export function newId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

const ICONS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  send: "M4 12h15M13 6l6 6-6 6",
  eye: "M2 12s4-6 10-6 10 6 10 6-4 6-10 6-10-6-10-6zM12 9.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
  toApp: "M4 12h14M13 7l5 5-5 5",
  fromApp: "M20 12H6M11 7l-5 5 5 5",
  traffic: "M4 8h13M14 5l3 3-3 3M20 16H7M10 13l-3 3 3 3",
  chevron: "M7 10l5 5 5-5",
  clock: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3 2",
  external: "M9 5H5v14h14v-4M13 5h6v6M19 5l-9 9",
  play: "M8 5l11 7-11 7z",
  check: "M5 12l5 5 9-10",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  thumbUp: "M7 11v9H4v-9zM7 11l4-7c1.5 0 2.5 1 2.2 2.6L12.6 10H18c1.3 0 2.2 1.2 1.9 2.4l-1.4 6A2 2 0 0116.5 20H7",
  thumbDown: "M7 13V4H4v9zM7 13l4 7c1.5 0 2.5-1 2.2-2.6L12.6 14H18c1.3 0 2.2-1.2 1.9-2.4l-1.4-6A2 2 0 0016.5 4H7",
  person: "M12 12a4 4 0 100-8 4 4 0 000 8zM4 21c0-4 3.5-6 8-6s8 2 8 6",
  reply: "M5 5v7a3 3 0 003 3h11M15 11l4 4-4 4",
  reset: "M5 12a7 7 0 107-7c-2.5 0-4.5 1-6 3M5 4v4h4",
};

/** A small drawing that says nothing by itself: hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Text for screen readers only. */
export function spoken(text) {
  return h("span", { class: "spoken" }, text);
}

/**
 * Makes `container` hold exactly `nodes`, in this order, without taking out a node that stays:
 * a node that leaves the document, even for a moment, loses the focus and the caret.
 */
export function arrange(container, nodes) {
  const staying = new Set(nodes);
  for (const child of [...container.childNodes]) {
    if (!staying.has(child)) child.remove();
  }
  nodes.forEach((node, index) => {
    if (container.childNodes[index] !== node) container.insertBefore(node, container.childNodes[index] ?? null);
  });
}

const AVATAR_HUES = 8;

/** A round sign with a person's initials; decoration, the name is always beside it. */
export function avatar(id, name, isBot = false) {
  const initials = name.split(/[\s-]+/).filter(Boolean).slice(0, 2).map((word) => word[0]).join("");
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  const look = isBot ? "avatar-bot" : `avatar-${sum % AVATAR_HUES}`;
  return h("span", { class: `avatar ${look}`, "aria-hidden": "true" }, initials.toUpperCase());
}

/** The address if a link may go there (http, https, mailto), else null. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** The address if a picture may be fetched from it, else null. */
export function safeImage(address) {
  const url = safeUrl(address);
  return url && !url.startsWith("mailto:") ? url : null;
}

/** A live link for a safe address; for any other just its words. */
export function link(address, label, className = "link") {
  const href = safeUrl(address);
  if (!href) return h("span", {}, label);
  return h("a", { class: className, href, target: "_blank", rel: "noopener noreferrer" }, label);
}
