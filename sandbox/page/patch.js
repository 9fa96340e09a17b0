// Makes nodes on the page like freshly built ones without replacing those that stay: a node that is replaced,
// or leaves the document for a moment, loses focus, caret, scroll, undo and an open list.

import { arrange } from "./dom.js";

const alive = new WeakSet(); // nodes with listeners or a life of their own: kept whole or replaced, never patched
const stands = new WeakMap(); // a mark in fresh nodes -> the node that stays in its place

/** `node` has listeners that know it: it is never made like another. */
export function keepWhole(node) {
  alive.add(node);
  return node;
}

/** A mark for fresh nodes that says: here goes `node`, as it is. */
export function placeFor(node) {
  const mark = document.createElement("i");
  stands.set(mark, node);
  return mark;
}

/** Makes `old` like `fresh`, which must have the same tag name. */
export function patch(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  patchChildren(old, [...fresh.childNodes]);
}

/** Makes `parent` hold what is like `nodes`, and their like where it has them already. */
export function patchChildren(parent, nodes) {
  const spare = [...parent.childNodes].filter((node) => !alive.has(node));
  arrange(parent, nodes.map((node) => {
    if (stands.has(node)) return stands.get(node);
    if (alive.has(node)) return node;
    const at = spare.findIndex((known) => isLike(known, node));
    if (at < 0) return settled(node);
    const [known] = spare.splice(at, 1);
    if (known.nodeType !== Node.TEXT_NODE) patch(known, node);
    else if (known.data !== node.data) known.data = node.data;
    return known;
  }));
}

function isLike(known, node) {
  return known.nodeName === node.nodeName && known.dataset?.key === node.dataset?.key;
}

/** A wholly new node, with the nodes that stay put where their marks are. */
function settled(node) {
  for (const mark of node.querySelectorAll?.("i") ?? []) if (stands.has(mark)) mark.replaceWith(stands.get(mark));
  return node;
}
