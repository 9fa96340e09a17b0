// Places a list or menu beside the thing that opened it, above everything else on the page.

const GAP = 4;
const MARGIN = 8;
const MIN_HEIGHT = 160;
const MAX_HEIGHT = 320;

/**
 * Shows `panel` by `anchor` and keeps it there while the page scrolls.
 * @param {{align?: "start"|"end", stretch?: boolean}} [options] stretch: as wide as the anchor
 * @returns {function} hides it again
 */
export function showPopup(anchor, panel, { align = "start", stretch = false } = {}) {
  const place = () => {
    const box = anchor.getBoundingClientRect();
    const below = window.innerHeight - box.bottom - GAP - MARGIN;
    const above = box.top - GAP - MARGIN;
    const goesUp = below < MIN_HEIGHT && above > below;
    panel.style.maxHeight = `${Math.min(MAX_HEIGHT, Math.max(goesUp ? above : below, 80))}px`;
    if (stretch) panel.style.width = `${box.width}px`;
    const width = panel.offsetWidth;
    const left = align === "end" ? box.right - width : box.left;
    panel.style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - width - MARGIN))}px`;
    panel.style.top = goesUp ? `${box.top - GAP - panel.offsetHeight}px` : `${box.bottom + GAP}px`;
  };
  panel.hidden = false;
  // The top layer: a list inside a dialog must not be cut off by the dialog's own scrolling.
  panel.popover = "manual";
  if (panel.isConnected) panel.showPopover();
  place();
  window.addEventListener("scroll", place, true);
  window.addEventListener("resize", place);
  const watcher = new ResizeObserver(place);
  watcher.observe(panel);
  return () => {
    watcher.disconnect();
    window.removeEventListener("scroll", place, true);
    window.removeEventListener("resize", place);
    if (panel.isConnected && panel.matches(":popover-open")) panel.hidePopover();
    panel.hidden = true;
  };
}
