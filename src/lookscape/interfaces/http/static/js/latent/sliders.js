// A slider for each thing that can be changed: a name, a value with its unit, and at both ends a picture of what lies
// there. Double click, Delete or the round arrow put it back.

import { blank } from "../shared/cells.js";

const TINY = 1e-6;

export class Slider {
  /**
   * given: {key, name, low, high, min, max, step, rest, unit}; `rest` is where it lies when nothing is changed, `low`
   * and `high` say in words what is at its ends. moved(slider) is called whenever its value changes.
   */
  constructor(given, { moved }) {
    Object.assign(this, given, { moved, cell: blank("slider") });
    this.input = this.cell.querySelector("input");
    this.output = this.cell.querySelector("output");
    this.back = this.cell.querySelector(".slider-reset");
    const id = `slider-${given.id ?? given.key}`;
    Object.assign(this.input, { id, min: given.min, max: given.max, step: given.step, value: given.rest });
    this.cell.querySelector(".slider-name").htmlFor = id;
    this.cell.querySelector(".slider-name").textContent = given.name;
    this.cell.querySelector(".low-word").textContent = given.low ?? "";
    this.cell.querySelector(".high-word").textContent = given.high ?? "";
    this.cell.classList.toggle("worded", Boolean(given.low || given.high));
    this.back.ariaLabel = this.back.title = `Put ${given.name} back`;
    this.listen();
    this.draw();
  }

  get value() {
    return this.input.valueAsNumber;
  }

  get isMoved() {
    return Math.abs(this.value - this.rest) > this.step / 2;
  }

  listen() {
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("dblclick", () => this.set(this.rest));
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Delete" || event.key === "Backspace") this.set(this.rest);
    });
    this.back.addEventListener("click", () => (this.set(this.rest), this.input.focus()));
    this.cell.querySelector(".low").addEventListener("click", () => this.set(this.ends?.low ?? this.min));
    this.cell.querySelector(".high").addEventListener("click", () => this.set(this.ends?.high ?? this.max));
  }

  /** Move it, telling so. */
  set(value) {
    this.input.value = value;
    this.changed();
  }

  /** Move it without telling. */
  put(value) {
    this.input.value = value;
    this.draw();
  }

  changed() {
    this.draw();
    this.moved(this);
  }

  /** Pictures of what lies at both ends: {low: {value, url}, high: {value, url}}. */
  picture({ low, high }) {
    this.ends = { low: low.value, high: high.value };
    for (const [side, { value, url }] of Object.entries({ low, high })) {
      const button = this.cell.querySelector(`.${side}`);
      button.querySelector("img").src = url;
      button.ariaLabel = button.title = `${this.name}: ${this.told(value)}${this[side] ? `, ${this[side]}` : ""}`;
    }
    this.cell.classList.add("pictured");
  }

  /** A picture of what the slider is about, in place of those at its ends. */
  face(url) {
    const [low, high] = this.cell.querySelectorAll(".end");
    low.querySelector("img").src = url;
    low.disabled = true;
    low.ariaHidden = "true";
    high.remove();
    this.cell.classList.add("pictured", "faced");
  }

  /** A value with its unit. */
  told(value) {
    const shown = Math.abs(value) < TINY ? "0" : `${value > 0 ? "+" : "−"}${Math.abs(value).toFixed(1)}`;
    return `${shown} ${this.unit}`;
  }

  draw() {
    const place = (value) => `${(100 * (value - this.min)) / (this.max - this.min)}%`;
    const [from, to] = [this.rest, this.value].sort((one, other) => one - other);
    this.input.style.setProperty("--from", place(from));
    this.input.style.setProperty("--to", place(to));
    this.input.style.setProperty("--rest", place(this.rest));
    this.output.textContent = this.told(this.value);
    this.input.setAttribute("aria-valuetext", this.told(this.value));
    this.cell.classList.toggle("moved", this.isMoved);
  }
}
