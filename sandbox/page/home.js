// The bot's App Home for this person.

import { showBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { Form } from "./form.js";

/** The Home tab. `send(body)` performs a block action and answers its outcome. */
export class Home {
  #send;
  #owner = null;
  #json = "";
  #body;
  #surface;

  constructor(send) {
    this.#send = send;
    this.root = h("div", { class: "home" });
  }

  update(view, scene, emptyText) {
    if (scene.me.id !== this.#owner) this.#begin(scene);
    const json = JSON.stringify([view, emptyText]);
    this.#surface.scene = scene;
    if (json === this.#json) return;
    this.#json = json;
    this.#surface.container = { type: "view", view_id: view?.id };
    const children = view ? [this.#body] : [h("p", { class: "empty" }, emptyText)];
    if (view) showBlocks(this.#body, view.blocks ?? [], this.#surface);
    if (!children[0].isConnected) this.root.replaceChildren(...children);
  }

  #begin(scene) {
    this.#owner = scene.me.id;
    this.#json = "";
    const body = h("div", { class: "home-body", lang: scene.locale });
    this.#body = body;
    const surface = {
      scene, form: new Form(), container: null, headingLevel: 2,
      blockNode: (id) => [...body.querySelectorAll("[data-block-id]")].find((node) => node.dataset.blockId === id) ?? body,
      send: (action) => this.#send({ container: surface.container, ...action }),
    };
    this.#surface = surface;
    this.root.replaceChildren();
  }
}
