// Mix: how much of each product on the shelf, below zero to take away what is special about it.

import { follow } from "../shared/api.js";
import { Frame } from "./frame.js";
import { Live } from "./live.js";
import { Matches } from "./matches.js";
import { LETTERS } from "./shelf.js";
import { Slider } from "./sliders.js";
import { percent } from "../shared/words.js";

const MATCHES = 6;
const [LEAST, MOST] = [-150, 150]; // per cent
const element = (id) => document.getElementById(id);
const PRESETS = [
  { label: "A + B", weights: [1, 1] },
  { label: "A − B", weights: [1, -1] },
  { label: "A + B − C", weights: [1, 1, -1] },
  { label: "A − B + C", weights: [1, -1, 1] },
  { label: "Average", weights: null },
];

export class Mix {
  constructor(studio) {
    Object.assign(this, { studio, sliders: [] });
    this.panel = element("panel-arithmetic");
    this.made = new Frame(element("mix-made"));
    this.matches = new Matches(element("mix-matches"), { add: studio.add });
    this.live = new Live({
      ask: (question, signal) => follow("arithmetic", question, { have: this.matches.photos, signal }),
      show: (answer) => this.show(answer),
      failed: studio.failed,
      busy: (is) => (this.panel.ariaBusy = String(is)),
    });
  }

  open() {
    const { shelf, state } = this.studio;
    const { products } = shelf;
    shelf.mark(null);
    const before = new Map(this.sliders.map((slider) => [slider.key, slider.value / 100]));
    state.weights = products.map(({ id }, place) => before.get(id) ?? state.weights[place] ?? 1);
    this.sliders = products.map((product, place) => this.slider(product, place));
    element("mix-sliders").replaceChildren(...this.sliders.map(({ cell }) => cell));
    element("mix-presets").replaceChildren(...PRESETS.filter(({ weights }) => !weights || weights.length <= products.length).map((preset) => this.preset(preset)));
    this.move();
  }

  close() {
    this.live.stop();
  }

  slider({ id, photo, name }, place) {
    const given = { key: id, id: `mix-${place}`, name: `${LETTERS[place]} · ${name}`, min: LEAST, max: MOST, step: 5, rest: 0, unit: "%" };
    const slider = new Slider(given, { moved: () => this.moved() });
    slider.told = (value) => (value < 0 ? `−${percent(-value / 100)}` : percent(value / 100));
    slider.face(`/photos/${photo}/96.webp`);
    slider.put(100 * this.studio.state.weights[place]);
    return slider;
  }

  preset({ label, weights }) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: label });
    button.addEventListener("click", () => {
      const share = 1 / this.sliders.length;
      this.sliders.forEach((slider, place) => slider.put(100 * (weights ? (weights[place] ?? 0) : Math.round(20 * share) / 20)));
      this.moved();
    });
    return button;
  }

  moved() {
    this.studio.state.weights = this.sliders.map(({ value }) => value / 100);
    this.studio.changed();
    this.move();
  }

  /** Ask for the mixture as the sliders stand. */
  move() {
    const terms = this.sliders.map(({ key, value }) => ({ key, weight: value / 100 }));
    this.formula(terms);
    const plus = terms.filter(({ weight }) => weight > 0).map(({ key, weight }) => `${key}=${weight}`);
    const minus = terms.filter(({ weight }) => weight < 0).map(({ key, weight }) => `${key}=${-weight}`);
    if (plus.length) return this.live.want({ model: this.studio.state.model, plus, minus, limit: MATCHES });
    this.live.stop();
    element("mix-kept").textContent = "Move at least one slider above 0 %.";
  }

  formula(terms) {
    const parts = terms.flatMap(({ weight }, place) => (weight ? [{ weight, letter: LETTERS[place] }] : []));
    const nodes = parts.flatMap(({ weight, letter }, place) => {
      const sign = weight < 0 ? "−" : place ? "+" : "";
      const size = Math.abs(weight) === 1 ? "" : percent(Math.abs(weight));
      return [...[sign, size].filter(Boolean).map((text) => tag("i", text)), tag("b", letter)];
    });
    element("mix-formula").replaceChildren(...nodes);
  }

  async show({ drawn_url: url, drawn: data, matches, photos, kept }) {
    element("mix-save").href = `${url}?side=512`;
    const drawn = `It lies outside your catalogue, so only ${percent(kept)} of the change is shown.`;
    element("mix-kept").textContent = kept < 0.995 ? drawn : "";
    const alt = `Mixed: ${element("mix-formula").textContent}`;
    await Promise.all([this.made.show(url, { alt, data }), this.matches.show(matches, photos)]);
  }
}

const tag = (name, textContent) => Object.assign(document.createElement(name), { textContent });
