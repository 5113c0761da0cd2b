// Fingers, mouse and keys on the map: moving it, drawing a lasso or a box, pointing at something.
//
// One finger or the mouse moves (in three dimensions it turns, with Alt or the right button it moves), two fingers
// pinch, the wheel zooms. With the lasso or the box chosen, or with Shift held, one pointer draws instead.

const STILL_PX = 5; // less than this is a tap
const STEP_PX = 3; // between two corners of a lasso
const KEY_PX = 90;
const KEY_ZOOM = 1.35;

export class Gestures {
  /**
   * surface: what receives pointers. moved(): the camera changed. hover(x, y) or hover() when the mouse left; tap(event,
   * x, y); drawing(corners) while something is drawn, drawing() when it ended; drawn(corners, event) when it is whole.
   */
  constructor(surface, camera, calls) {
    Object.assign(this, { surface, camera, calls, mode: "move", pointers: new Map(), trace: null });
    for (const [name, handler] of Object.entries({ pointerdown: this.onDown, pointermove: this.onMove, pointerup: this.onUp, pointercancel: this.onCancel, pointerleave: this.onLeave })) {
      surface.addEventListener(name, handler.bind(this));
    }
    surface.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  here(event) {
    const { left, top } = this.surface.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  onDown(event) {
    if (event.button === 1 || this.pointers.size === 2) return;
    this.surface.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.here(event));
    this.stop();
    if (this.pointers.size > 1) return void (this.still = false);
    this.still = true;
    this.start = this.here(event);
    const draws = this.mode !== "move" || (event.shiftKey && event.pointerType === "mouse");
    if (draws && event.button === 0) this.trace = [...this.start];
  }

  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    const now = this.here(event);
    if (!before) return void (event.pointerType === "mouse" && this.calls.hover(...now));
    if (this.still && Math.hypot(now[0] - this.start[0], now[1] - this.start[1]) < STILL_PX) return;
    this.still = false;
    if (this.trace) return this.draw(event);
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, now);
    else this.drag(event, now[0] - before[0], now[1] - before[1]);
    this.pointers.set(event.pointerId, now);
    this.calls.moved();
  }

  onUp(event) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size) return;
    const corners = this.corners();
    this.stop();
    if (this.still) this.calls.tap(event, ...this.here(event));
    else if (corners) this.calls.drawn(corners, event);
  }

  onCancel(event) {
    this.pointers.delete(event.pointerId);
    this.stop();
  }

  onLeave() {
    if (!this.pointers.size) this.calls.hover();
  }

  onWheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 18 : 1;
    this.camera.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), ...this.here(event));
    this.calls.moved();
  }

  drag(event, dx, dy) {
    const turns = this.camera.dimensions === 3 && !event.altKey && !(event.buttons & 2);
    if (turns) this.camera.rotate(dx, dy);
    else this.camera.pan(dx, dy);
  }

  pinch(id, before, now) {
    const [other] = [...this.pointers].filter(([key]) => key !== id).map(([, place]) => place);
    const [was, is] = [before, now].map(([x, y]) => Math.hypot(x - other[0], y - other[1]));
    this.camera.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.camera.zoom(Math.max(is, 8) / Math.max(was, 8), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
  }

  // Drawing

  /** A browser tells of movements once a frame; what it gathered between them is part of the line too. */
  draw(event) {
    const { trace } = this;
    const gathered = event.getCoalescedEvents?.() ?? [];
    for (const [x, y] of (gathered.length ? gathered : [event]).map((one) => this.here(one))) {
      if (this.mode === "box") trace.splice(2, 2, x, y);
      else if (Math.hypot(x - trace.at(-2), y - trace.at(-1)) >= STEP_PX) trace.push(x, y);
    }
    this.calls.drawing(this.corners());
  }

  /** What is drawn, as corners x y x y ... in the window; null while it has no area. */
  corners() {
    if (!this.trace) return null;
    if (this.mode !== "box") return this.trace.length >= 6 ? [...this.trace] : null;
    const [x, y, toX, toY] = this.trace;
    return toX === undefined ? null : [x, y, toX, y, toX, toY, x, toY];
  }

  /** Let go of what is being drawn; true if there was something. */
  stop() {
    const had = this.trace !== null;
    this.trace = null;
    this.calls.drawing();
    return had;
  }

  // Keys

  /** Do what a key says; false when it says nothing here. */
  key({ key, shiftKey }) {
    const step = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
    if (step && this.camera.dimensions === 3 && !shiftKey) this.camera.rotate(-step[0] * 16, -step[1] * 16);
    else if (step) this.camera.pan(step[0] * KEY_PX, step[1] * KEY_PX);
    else if (key === "+" || key === "=") this.camera.zoom(KEY_ZOOM);
    else if (key === "-" || key === "_") this.camera.zoom(1 / KEY_ZOOM);
    else return false;
    this.calls.moved();
    return true;
  }
}
