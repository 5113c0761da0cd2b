// The card follows the finger, tilts, and is stamped; what the swipe means is decided by swipe.js when it ends.

const FAR = 140; // pixels at which the stamp is full
const TILT = 0.05; // degrees a pixel

/** Let an element follow a finger drawn over it. */
export function followFinger(card) {
  let from = null;
  card.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    from = event;
  });
  card.addEventListener("pointermove", (event) => {
    if (!from || event.pointerId !== from.pointerId) return;
    const x = event.clientX - from.clientX;
    card.classList.add("held");
    const values = { drag: `${x}px`, tilt: `${TILT * x}deg`, yes: Math.max(0, x / FAR), no: Math.max(0, -x / FAR) };
    for (const [name, value] of Object.entries(values)) card.style.setProperty(`--${name}`, value);
  });
  for (const end of ["pointerup", "pointercancel"]) card.addEventListener(end, () => (from = null, letGo(card)));
}

function letGo(card) {
  card.classList.remove("held");
  for (const name of ["drag", "tilt", "yes", "no"]) card.style.removeProperty(`--${name}`);
}
