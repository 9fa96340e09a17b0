// Nothing is redrawn under a finger: between pressing and letting go, a button must stay where and what it is.
// A click counts only where press and release meet the same node, and the dialog must not move in between.

const PRESSABLE = "button, a, summary, label, [role=option], input[type=checkbox], input[type=radio]";

let isPressed = false;
let waiting = null;

function release() {
  isPressed = false;
  // The click comes right after the release, within the same turn: let it through first.
  setTimeout(() => {
    const run = waiting;
    waiting = null;
    run?.();
  });
}

function begin(event) {
  isPressed = event.target.closest?.(PRESSABLE) !== null;
}

window.addEventListener("pointerdown", begin, true);
for (const end of ["pointerup", "pointercancel", "dragend"]) window.addEventListener(end, release, true);
window.addEventListener("blur", release); // the window's own: those of fields don't bubble up to it
// A release outside the window is never told; the next movement shows that no button is down any more.
window.addEventListener("pointermove", (event) => isPressed && event.buttons === 0 && release(), true);
window.addEventListener("keydown", (event) => event.key === " " && begin(event), true);
window.addEventListener("keyup", (event) => event.key === " " && release(), true);

/** Runs `draw` now, or once nothing is pressed; of several that wait only the last is run. */
export function whenReleased(draw) {
  if (isPressed) waiting = draw;
  else draw();
}
