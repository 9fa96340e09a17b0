// Slack's confirm object: "are you sure?" before an element acts.

import { h, newId } from "./dom.js";
import { plainText, renderText } from "./mrkdwn.js";
import { say } from "./words.js";

/** Asks; true when the person goes on. Escape means no. */
export function askConfirm(confirm, scene) {
  return new Promise((resolve) => {
    const opener = document.activeElement;
    const titleId = newId("confirm-title");
    const textId = newId("confirm-text");
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      if (opener?.isConnected) opener.focus();
      resolve(answer);
    };
    const style = confirm.style === "danger" ? "button button-danger" : "button button-primary";
    const dialog = h(
      "dialog",
      {
        class: "dialog dialog-confirm", role: "alertdialog", "aria-labelledby": titleId,
        "aria-describedby": textId, data: { testid: "confirm" },
        on: {
          cancel: (event) => {
            event.preventDefault();
            event.stopPropagation();
            finish(false);
          },
        },
      },
      h("h2", { id: titleId, class: "dialog-title", lang: scene.locale }, plainText(confirm.title)),
      h("div", { id: textId, class: "confirm-text", lang: scene.locale }, renderText(confirm.text, scene)),
      h(
        "div", { class: "dialog-foot" },
        h(
          "button",
          { type: "button", class: "button", data: { testid: "confirm-deny" }, on: { click: () => finish(false) } },
          plainText(confirm.deny) || say("cancel"),
        ),
        h(
          "button",
          { type: "button", class: style, data: { testid: "confirm-yes" }, on: { click: () => finish(true) } },
          plainText(confirm.confirm) || say("yes"),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
