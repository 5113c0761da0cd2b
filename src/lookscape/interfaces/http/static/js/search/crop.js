// A box over a photo, in fractions of it: drawn, moved and resized by mouse, touch or keyboard.

const WHOLE = [0, 0, 1, 1];
const LEAST = 0.05;
const STEP = 0.02;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export class CropBox {
  /** stage: what holds the photo and the box. changed(): called at every change, also while dragging. */
  constructor(stage, { changed }) {
    this.stage = stage;
    this.box = stage.querySelector(".crop-box");
    this.changed = changed;
    this.part = WHOLE;
    stage.addEventListener("pointerdown", (event) => this.grab(event));
    stage.addEventListener("pointermove", (event) => this.drag?.(event));
    for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => this.drop());
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    stage.addEventListener("dblclick", () => this.set(WHOLE));
  }

  get isWhole() {
    return this.part.every((value, place) => value === WHOLE[place]);
  }

  /** `left,top,right,bottom` as the API takes it; empty for the whole photo. */
  toString() {
    return this.isWhole ? "" : this.part.map((value) => value.toFixed(4)).join(",");
  }

  /** Read what `toString` wrote; anything else is the whole photo. */
  read(words) {
    const part = words.split(",").map(Number);
    const isBox = part.length === 4 && part[0] >= 0 && part[1] >= 0 && part[2] <= 1 && part[3] <= 1 && part[0] < part[2] && part[1] < part[3];
    this.set(isBox ? part : WHOLE, { quiet: true });
  }

  /** Put the box somewhere. */
  set(part, { quiet = false } = {}) {
    this.part = part;
    const [left, top, right, bottom] = part.map((value) => `${(100 * value).toFixed(2)}%`);
    Object.assign(this.box.style, { left, top, width: `calc(${right} - ${left})`, height: `calc(${bottom} - ${top})` });
    this.box.toggleAttribute("data-full", this.isWhole);
    this.box.ariaLabel = `Crop box from ${left} to ${right} across and ${top} to ${bottom} down`;
    if (!quiet) this.changed();
  }

  reset() {
    this.set(WHOLE);
  }

  grab(event) {
    if (event.button !== 0) return;
    const { edge } = event.target.dataset;
    const [x, y] = this.point(event);
    this.stage.setPointerCapture(event.pointerId);
    this.box.toggleAttribute("data-busy", true);
    if (!edge) event.preventDefault();
    if (edge) this.drag = this.resizer(edge);
    else if (event.target === this.box && !this.isWhole) this.drag = this.mover(x, y);
    else this.drag = this.drawer(x, y);
  }

  drop() {
    this.drag = null;
    this.box.removeAttribute("data-busy");
  }

  resizer(edge) {
    return (event) => this.pull(edge, ...this.point(event));
  }

  mover(x0, y0) {
    const start = this.part;
    return (event) => {
      const [x, y] = this.point(event, { loose: true });
      this.set(shifted(start, x - x0, y - y0));
    };
  }

  drawer(x0, y0) {
    return (event) => {
      const [x, y] = this.point(event);
      if (Math.abs(x - x0) < LEAST || Math.abs(y - y0) < LEAST) return;
      this.set([Math.min(x, x0), Math.min(y, y0), Math.max(x, x0), Math.max(y, y0)]);
    };
  }

  pull(edge, x, y) {
    let [left, top, right, bottom] = this.part;
    if (edge.includes("w")) left = clamp(x, 0, right - LEAST);
    if (edge.includes("e")) right = clamp(x, left + LEAST, 1);
    if (edge.includes("n")) top = clamp(y, 0, bottom - LEAST);
    if (edge.includes("s")) bottom = clamp(y, top + LEAST, 1);
    this.set([left, top, right, bottom]);
  }

  onKey(event) {
    if (event.key === "Escape" && !this.isWhole) (event.stopPropagation(), this.reset());
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const [dx, dy] = ARROWS[event.key].map((way) => way * STEP);
    const edge = event.target.dataset.edge ?? (event.shiftKey || this.isWhole ? "se" : "");
    const [left, top, right, bottom] = this.part;
    if (!edge) this.set(shifted(this.part, dx, dy));
    else this.pull(edge, (edge.includes("w") ? left : right) + dx, (edge.includes("n") ? top : bottom) + dy);
  }

  point({ clientX, clientY }, { loose = false } = {}) {
    const area = this.stage.getBoundingClientRect();
    const place = [(clientX - area.left) / area.width, (clientY - area.top) / area.height];
    return loose ? place : place.map((value) => clamp(value, 0, 1));
  }
}

/** The same box elsewhere, stopped at the photo's edges. */
function shifted([left, top, right, bottom], dx, dy) {
  const [x, y] = [clamp(dx, -left, 1 - right), clamp(dy, -top, 1 - bottom)];
  return [left + x, top + y, right + x, bottom + y];
}
