// A finger drawn to the left or right over an element; up and down still scrolls.

const LEAST = 64; // pixels
const STEEPEST = 0.6;

/** Call `right` or `left` when a finger was drawn that way. */
export function onSwipe(element, { right, left }) {
  let from = null;
  element.addEventListener("pointerdown", (event) => (from = event.pointerType === "touch" && event.isPrimary ? event : null));
  element.addEventListener("pointercancel", () => (from = null));
  element.addEventListener("pointerup", (event) => {
    if (!from || event.pointerId !== from.pointerId) return;
    const [x, y] = [event.clientX - from.clientX, event.clientY - from.clientY];
    from = null;
    if (Math.abs(x) >= LEAST && Math.abs(y) <= STEEPEST * Math.abs(x)) (x > 0 ? right : left)();
  });
}
