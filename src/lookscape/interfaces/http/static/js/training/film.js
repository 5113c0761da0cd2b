// The film of a training: frames at steps, to be played and scrubbed. While the training runs it stays at the newest.

import { number } from "../shared/words.js";

const SHOWN_MS = 260;
const LAST_MS = 1600;

export class Film {
  constructor(name) {
    this.name = name;
    this.image = document.getElementById("film");
    this.place = document.getElementById("film-place");
    this.step = document.getElementById("film-step");
    this.button = document.getElementById("film-play");
    this.frames = [];
    this.loaded = new Map();
    this.place.addEventListener("input", () => (this.stop(), this.draw()));
    this.button.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
  }

  /** The steps there are frames of. */
  show(frames) {
    if (frames.length === this.frames.length && frames.at(-1) === this.frames.at(-1)) return;
    const atEnd = !this.frames.length || Number(this.place.value) === this.frames.length - 1;
    this.frames = frames;
    this.place.max = Math.max(0, frames.length - 1);
    if (atEnd && !this.timer) this.place.value = this.place.max;
    this.draw();
  }

  draw() {
    const step = this.frames[Number(this.place.value)];
    if (step === undefined) return;
    const words = step === 0 ? "before the first step" : `after ${number(step)} step${step === 1 ? "" : "s"}`;
    this.step.textContent = words;
    this.place.setAttribute("aria-valuetext", words);
    this.image.src = this.load(step).src;
  }

  load(step) {
    if (!this.loaded.has(step)) {
      const image = new Image();
      image.src = `/films/${this.name}/${String(step).padStart(7, "0")}.webp`;
      this.loaded.set(step, image);
    }
    return this.loaded.get(step);
  }

  async play() {
    this.timer = -1; // taken, while the frames come
    this.press(true);
    await Promise.all(this.frames.map((step) => this.load(step).decode().catch(() => null)));
    if (!this.timer) return;
    if (Number(this.place.value) === this.frames.length - 1) this.place.value = 0;
    this.draw();
    this.next();
  }

  next() {
    const last = this.frames.length - 1;
    const isLast = Number(this.place.value) >= last;
    this.timer = setTimeout(() => {
      this.place.value = isLast ? 0 : Number(this.place.value) + 1;
      this.draw();
      this.next();
    }, isLast ? LAST_MS : SHOWN_MS);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.press(false);
  }

  press(playing) {
    this.button.setAttribute("aria-pressed", playing);
    this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
  }
}
