// A photo that grows under the pointer: click to zoom, move to look around, click or Escape to go back.

const SCALE = 2.6;

export class Zoom {
  constructor(button) {
    this.button = button;
    this.image = button.querySelector("img");
    button.addEventListener("click", (event) => this.toggle(event));
    button.addEventListener("pointermove", (event) => this.on && this.look(event));
    button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.off());
    button.addEventListener("keydown", (event) => event.key === "Escape" && this.on && (event.stopPropagation(), this.off()));
  }

  get on() {
    return this.button.ariaPressed === "true";
  }

  /** In or out; without a pointer it zooms into the middle. */
  toggle(event) {
    if (this.on) return this.off();
    this.button.ariaPressed = "true";
    this.look(event?.detail ? event : null);
  }

  off() {
    this.button.ariaPressed = "false";
    this.image.style.transform = "";
  }

  look(event) {
    const box = this.button.getBoundingClientRect();
    const [x, y] = event ? [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height] : [0.5, 0.5];
    this.image.style.transformOrigin = `${100 * x}% ${100 * y}%`;
    this.image.style.transform = `scale(${SCALE})`;
  }
}
