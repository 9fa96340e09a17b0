// Modals: a dialog that shows the top of the person's stack of views.

import { problemWords } from "./api.js";
import { showBlocks, showProblems } from "./blocks.js";
import { h, icon, spoken } from "./dom.js";
import { Form } from "./form.js";
import { plainText } from "./mrkdwn.js";
import { say } from "./words.js";

const FIELD = "input:not([type=hidden], :disabled), textarea, select";

/**
 * The dialog. `told` is {action(body), submit(viewId, state), close(viewId, clear)}: the first two
 * answer the outcome.
 */
export class Modal {
  #told;
  #surfaces = new Map(); // view id -> surface, so that a covered view keeps what was typed
  #dismissed = new Set(); // closed here; the workspace may not have heard yet
  #top = null; // the view on show
  #bodies = new Map(); // view id -> node
  #opener = null;
  #busy = false;

  constructor(told) {
    this.#told = told;
    this.title = h("h2", { id: "modal-title", class: "dialog-title" });
    this.back = h("button", {
      type: "button", class: "button button-icon", hidden: true, data: { testid: "modal-back" },
      on: { click: () => this.#dismiss(false) },
    }, icon("back"), spoken(say("back")));
    const close = h("button", {
      type: "button", class: "button button-icon", data: { testid: "modal-close" },
      on: { click: () => this.#dismiss(true) },
    }, icon("close"), spoken(say("close")));
    this.holder = h("div", { class: "dialog-body", data: { testid: "modal-body" } });
    this.problem = h("p", { class: "problem dialog-problem", role: "alert", hidden: true });
    this.status = h("p", { class: "dialog-status", role: "status" });
    this.cancel = h("button", {
      type: "button", class: "button", data: { testid: "modal-cancel" }, on: { click: () => this.#dismiss(false) },
    });
    this.submit = h("button", { type: "submit", class: "button button-primary", data: { testid: "modal-submit" } });
    const form = h(
      "form", { class: "dialog-form", novalidate: true, on: { submit: (event) => this.#onSubmit(event) } },
      this.holder, this.problem,
      h("div", { class: "dialog-foot" }, this.status, this.cancel, this.submit),
    );
    this.dialog = h(
      "dialog",
      {
        class: "dialog dialog-modal", "aria-labelledby": "modal-title", data: { testid: "modal" },
        on: {
          cancel: (event) => {
            event.preventDefault();
            this.#dismiss(false);
          },
        },
      },
      h("div", { class: "dialog-head" }, this.back, this.title, close),
      form,
    );
  }

  /** Shows the top of `views`; a view with the same hash is not touched. */
  update(allViews, scene) {
    const ids = new Set(allViews.map((view) => view.id));
    for (const id of this.#dismissed) if (!ids.has(id)) this.#dismissed.delete(id);
    const views = allViews.filter((view) => !this.#dismissed.has(view.id));
    for (const id of this.#surfaces.keys()) {
      if (ids.has(id)) continue;
      this.#surfaces.delete(id);
      this.#bodies.delete(id);
    }
    const view = views.at(-1) ?? null;
    this.back.hidden = views.length < 2;
    if (!view) return this.#hide();
    if (this.#surfaces.has(view.id)) this.#surfaces.get(view.id).scene = scene;
    const isSame = this.#top?.id === view.id && sameVersion(this.#top, view);
    return isSame ? undefined : this.#show(view, scene);
  }

  #show(view, scene) {
    const isOther = this.#top?.id !== view.id;
    this.#top = view;
    const surface = this.#surfaceOf(view, scene);
    const body = this.#bodies.get(view.id);
    for (const node of [this.title, body, this.cancel, this.submit]) node.lang = scene.locale;
    this.title.textContent = plainText(view.title);
    const hasInputs = (view.blocks ?? []).some((block) => block.type === "input");
    this.submit.hidden = !view.submit && !hasInputs;
    this.submit.textContent = plainText(view.submit) || say("submit");
    this.cancel.textContent = plainText(view.close) || say("close");
    this.#setBusy(false); // the answer is on show: what waits for the call itself to return must not block it
    if (isOther) {
      this.#say(null);
      this.holder.replaceChildren(body);
    }
    showBlocks(body, view.blocks ?? [], surface);
    if (!this.dialog.open) {
      this.#opener = document.activeElement;
      document.body.append(this.dialog);
      this.dialog.showModal();
      coverPage(true);
    }
    if (isOther) this.#focusFirst(body);
  }

  #focusFirst(body) {
    this.holder.scrollTop = 0;
    const wanted = body.querySelector("[data-focus-on-load]");
    const chosen = wanted?.matches(FIELD) ? wanted : wanted?.querySelector(FIELD);
    const first = chosen ?? body.querySelector(FIELD) ?? (this.submit.hidden ? this.cancel : this.submit);
    first.focus({ preventScroll: !body.querySelector(FIELD) });
  }

  #surfaceOf(view, scene) {
    let surface = this.#surfaces.get(view.id);
    if (!surface) {
      const body = h("div", { class: "view-body" });
      this.#bodies.set(view.id, body);
      surface = {
        scene, form: new Form(), container: { type: "view", view_id: view.id }, headingLevel: 3,
        blockNode: (id) => [...body.querySelectorAll("[data-block-id]")].find((node) => node.dataset.blockId === id) ?? body,
        send: (action) => this.#told.action({ container: { type: "view", view_id: view.id }, ...action }),
      };
      this.#surfaces.set(view.id, surface);
    }
    surface.scene = scene;
    return surface;
  }

  #hide() {
    this.#top = null;
    if (!this.dialog.open) return;
    this.dialog.close();
    this.dialog.remove();
    coverPage(false);
    this.holder.replaceChildren();
    if (this.#opener?.isConnected) this.#opener.focus();
    this.#opener = null;
  }

  /** The page has another person now: their modals are not these. */
  reset() {
    this.#surfaces.clear();
    this.#bodies.clear();
    this.#dismissed.clear();
    this.#hide();
  }

  #dismiss(clear) {
    const view = this.#top;
    if (!view) return;
    this.#setBusy(false); // whatever the app answers now, nobody waits for it any more
    if (clear) for (const id of this.#surfaces.keys()) this.#dismissed.add(id);
    else this.#dismissed.add(view.id);
    if (clear) this.#hide();
    this.#told.close(view.id, clear);
  }

  async #onSubmit(event) {
    event.preventDefault();
    if (this.#busy || this.submit.hidden) return;
    const view = this.#top;
    const { form } = this.#surfaces.get(view.id);
    const body = this.#bodies.get(view.id);
    const problems = form.problems();
    showProblems(body, problems);
    this.#say(null);
    if (Object.keys(problems).length > 0) return;
    this.#setBusy(true);
    const outcome = await this.#told.submit(view.id, form.stateValues());
    this.#setBusy(false);
    if (this.#top?.id !== view.id) return; // closed or covered meanwhile
    if (outcome.errors) this.#showErrors(body, outcome.errors);
    else if (outcome.error) {
      this.#say(say("modal.failed", { why: problemWords(outcome) }));
      this.submit.focus();
    }
  }

  #showErrors(body, errors) {
    const hasField = showProblems(body, errors);
    if (!hasField) this.#say(Object.values(errors).join(" "));
  }

  #setBusy(isBusy) {
    this.#busy = isBusy;
    this.dialog.setAttribute("aria-busy", String(isBusy));
    // aria-disabled and not disabled: a disabled button would lose the focus.
    this.submit.setAttribute("aria-disabled", String(isBusy));
    this.submit.classList.toggle("button-pending", isBusy);
    this.status.textContent = isBusy ? say("composer.sending") : "";
  }

  #say(text) {
    this.problem.hidden = text === null;
    this.problem.replaceChildren(...(text === null ? [] : [icon("warning"), text]));
  }
}

/** Says to tools that don't know of modal dialogs that the page behind one can't be used. */
function coverPage(isCovered) {
  for (const node of document.querySelectorAll("body > header, body > nav, body > main, body > aside")) {
    if (isCovered) node.setAttribute("aria-hidden", "true");
    else node.removeAttribute("aria-hidden");
  }
}

function sameVersion(shown, view) {
  if (shown.hash && view.hash) return shown.hash === view.hash;
  return JSON.stringify(shown) === JSON.stringify(view);
}
