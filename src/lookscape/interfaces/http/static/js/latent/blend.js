// Blend: one product turns into the next, step by step, each step with the closest real product. Scrub, play, save.

import { call } from "../shared/api.js";
import { blank, productUrl } from "../shared/cells.js";
import { Frame } from "./frame.js";
import { LETTERS } from "./shelf.js";
import { percent } from "../shared/words.js";

const STEPS_EACH = 12; // from one product to the next
const MOST_STEPS = 48;
const PLAY_MS = 140;
const REST_MS = 700; // at a product itself
const THUMB = 160;
const element = (id) => document.getElementById(id);

export class Blend {
  constructor(studio) {
    Object.assign(this, { studio, steps: [], direction: 1 });
    this.panel = element("panel-interpolate");
    this.made = new Frame(element("blend-made"));
    this.real = new Frame(element("blend-real"));
    this.ends = [new Frame(element("blend-from")), new Frame(element("blend-to"))];
    this.at = element("blend-at");
    this.strip = element("blend-strip");
    this.at.addEventListener("input", () => (this.pause(), this.go(this.at.valueAsNumber)));
    element("blend-play").addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    for (const radio of this.panel.querySelectorAll("[name=route]")) radio.addEventListener("change", () => this.take(radio.value));
  }

  async open() {
    const { state, shelf } = this.studio;
    shelf.mark(null);
    this.panel.querySelector(`[value=${state.route}]`).checked = true;
    const products = shelf.products.map(({ id }) => id);
    const steps = Math.min(MOST_STEPS, STEPS_EACH * (products.length - 1) + 1);
    const question = { model: state.model, products, steps, route: state.route };
    const wanted = JSON.stringify(question);
    if (wanted === this.wanted) return;
    if (this.wanted) state.step = null;
    this.wanted = wanted;
    this.products = shelf.products;
    this.pause();
    this.panel.ariaBusy = "true";
    try {
      const answer = await call("latent/interpolate", question);
      if (this.wanted === wanted) this.lay(answer);
    } catch (problem) {
      if (this.wanted === wanted) this.wanted = undefined;
      this.studio.failed(problem);
    }
    this.panel.ariaBusy = "false";
  }

  close() {
    this.pause();
  }

  lay({ steps, animation_url: animation, strip_url: strip }) {
    this.steps = steps;
    this.at.max = steps.length - 1;
    this.strip.replaceChildren(...steps.map((step, place) => this.cell(step, place)));
    link(element("blend-animation"), animation && `${animation}?side=320`);
    link(element("blend-strip-save"), strip && `${strip}?side=160`);
    this.go(Math.min(this.studio.state.step ?? STEPS_EACH / 2, steps.length - 1));
  }

  cell(step, place) {
    const cell = blank("step");
    const [button, real] = cell.children;
    button.querySelector("img").src = step.drawn_url;
    button.ariaLabel = this.words(step);
    button.addEventListener("click", () => (this.pause(), this.go(place)));
    real.href = productUrl(step.product_id);
    real.title = step.name;
    const photo = real.querySelector("img");
    Object.assign(photo, { src: `/photos/${step.photo_id}/${THUMB}.webp`, alt: step.name });
    button.querySelector(".letter").textContent = Number.isInteger(step.position) ? LETTERS[step.position] : "";
    return cell;
  }

  /** Where a step lies: `A`, or `37 % of the way from A to B`. */
  words({ position }) {
    const from = Math.floor(position);
    if (from === position) return `${LETTERS[from]} itself`;
    return `${percent(position - from)} of the way from ${LETTERS[from]} to ${LETTERS[from + 1]}`;
  }

  go(place) {
    const step = this.steps[place];
    const { state } = this.studio;
    state.step = place;
    this.at.value = place;
    const words = this.words(step);
    this.at.setAttribute("aria-valuetext", words);
    this.at.style.setProperty("--to", `${(100 * place) / (this.steps.length - 1)}%`);
    element("blend-words").textContent = words;
    this.made.show(step.drawn_url, { alt: `Blended, ${words}`, note: words });
    this.real.show(`/photos/${step.photo_id}.jpg`, { alt: step.name, note: step.name });
    const first = Math.min(Math.floor(step.position), this.products.length - 2);
    this.ends.forEach((end, side) => {
      const { photo, name } = this.products[first + side];
      end.show(`/photos/${photo}.jpg`, { alt: name, note: `${LETTERS[first + side]} · ${name}` });
    });
    [...this.strip.children].forEach((cell, index) => cell.toggleAttribute("aria-current", index === place));
    this.reveal(this.strip.children[place]);
    if (!this.timer) this.studio.changed();
  }

  /** Bring a step into view without moving the page. */
  reveal(cell) {
    const [left, width] = [cell.offsetLeft - this.strip.offsetLeft, this.strip.clientWidth];
    if (left < this.strip.scrollLeft || left + cell.offsetWidth > this.strip.scrollLeft + width) this.strip.scrollLeft = left - width / 2;
  }

  // There and back, until it is stopped.

  play() {
    element("blend-play").ariaPressed = "true";
    element("blend-play").ariaLabel = "Pause";
    const next = () => {
      const place = this.at.valueAsNumber;
      if (place + this.direction < 0 || place + this.direction >= this.steps.length) this.direction *= -1;
      this.go(place + this.direction);
      this.timer = setTimeout(next, Number.isInteger(this.steps[this.at.valueAsNumber].position) ? REST_MS : PLAY_MS);
    };
    this.timer = setTimeout(next, 0);
  }

  pause() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    element("blend-play").ariaPressed = "false";
    element("blend-play").ariaLabel = "Play";
    this.studio.changed();
  }

  take(route) {
    this.studio.state.route = route;
    this.studio.changed({ push: true });
    this.open();
  }
}

/** Point a link somewhere; without an address it is hidden. */
function link(anchor, href) {
  anchor.hidden = !href;
  if (href) anchor.href = href;
}
