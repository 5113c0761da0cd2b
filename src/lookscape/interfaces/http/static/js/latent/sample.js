// Invent: products that nobody made yet, each with the closest real one below. The same seed gives the same again.

import { call } from "../shared/api.js";
import { blank, productUrl } from "../shared/cells.js";
import { ready } from "./frame.js";
import { Live } from "./live.js";
import { rate } from "./matches.js";
import { Slider } from "./sliders.js";

const COUNT = 12;
const LARGEST_SEED = 999_999_999;
const SIDE = 320;
const element = (id) => document.getElementById(id);

export class Sample {
  constructor(studio) {
    this.studio = studio;
    this.panel = element("panel-sample");
    this.seed = element("sample-seed");
    this.list = element("sample-list");
    this.bold = new Slider(
      { key: "bold", id: "bold", name: "How unusual", min: 0.2, max: 1.8, step: 0.1, rest: 1, unit: "×", low: "tame", high: "bold" },
      { moved: ({ value }) => this.take({ bold: value }) },
    );
    this.bold.told = (value) => `${value.toFixed(1)} × the usual spread`;
    this.bold.put(studio.state.bold);
    element("sample-bold").append(this.bold.cell);
    this.live = new Live({
      ask: (question, signal) => call("latent/sample", question, { signal }),
      show: (answer) => this.show(answer),
      failed: studio.failed,
      busy: (is) => (this.panel.ariaBusy = String(is)),
    });
    element("sample-new").addEventListener("click", () => this.take({ seed: (studio.state.seed + 1) % LARGEST_SEED }));
    this.seed.addEventListener("change", () => this.take({ seed: Math.min(LARGEST_SEED, Math.max(0, Math.floor(this.seed.valueAsNumber) || 0)) }));
  }

  open() {
    const { state, shelf } = this.studio;
    shelf.mark(null);
    this.seed.value = state.seed;
    const question = { model: state.model, count: COUNT, seed: state.seed, temperature: state.bold };
    const wanted = JSON.stringify(question);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.live.want(question);
  }

  close() {
    if (this.panel.ariaBusy === "true") this.wanted = undefined;
    this.live.stop();
  }

  take(change) {
    Object.assign(this.studio.state, change);
    this.studio.changed();
    this.open();
  }

  async show({ samples }) {
    const cells = await Promise.all(samples.map((sample) => this.cell(sample)));
    this.list.replaceChildren(...cells);
  }

  /** A sample with its picture loaded and its closest real product below. */
  async cell({ drawn_url: url, product_id: id, photo_id: photo, name, ...match }) {
    const cell = blank("made");
    const link = cell.querySelector("a");
    const add = cell.querySelector(".match-add");
    const image = await ready(`${url}?side=${SIDE}`, { alt: "Invented product" });
    if (image) cell.querySelector(".tile").replaceChildren(image);
    Object.assign(link, { href: productUrl(id), title: name });
    Object.assign(link.querySelector("img"), { src: `/photos/${photo}/96.webp`, alt: "" });
    rate(link.querySelector("small"), match);
    link.querySelector(".name").textContent = name;
    add.ariaLabel = add.title = `Put ${name}, the closest real product, on the shelf`;
    add.addEventListener("click", () => this.studio.add({ product_id: id, photo_id: photo, name }));
    return cell;
  }
}
