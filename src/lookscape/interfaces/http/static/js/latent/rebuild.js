// Rebuild: the photo, and what comes back from what the model keeps of it.

import { call } from "../shared/api.js";
import { blank } from "../shared/cells.js";
import { Frame } from "./frame.js";
import { LETTERS } from "./shelf.js";

const element = (id) => document.getElementById(id);

export class Rebuild {
  constructor(studio) {
    this.studio = studio;
    this.panel = element("panel-reconstruct");
    this.list = element("rebuild-list");
  }

  async open() {
    const { state, shelf } = this.studio;
    const { products } = shelf;
    shelf.mark(null);
    const question = { model: state.model, products: products.map(({ id }) => id) };
    const wanted = JSON.stringify(question);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.panel.ariaBusy = "true";
    try {
      const { rebuilt } = await call("latent/reconstruct", question);
      if (this.wanted === wanted) this.list.replaceChildren(...rebuilt.map((item, place) => cell(item, products[place], place)));
    } catch (problem) {
      if (this.wanted === wanted) this.wanted = undefined;
      this.studio.failed(problem);
    }
    this.panel.ariaBusy = "false";
  }

  close() {}
}

function cell(item, { name }, place) {
  const made = blank("rebuilt");
  const [photo, rebuilt] = [...made.querySelectorAll(".frame")].map((frame) => new Frame(frame));
  photo.show(item.source_url, { alt: name, note: `${LETTERS[place]} · ${name}` });
  rebuilt.show(item.drawn_url, { alt: `${name}, rebuilt` });
  const figures = {
    ".psnr": item.psnr === null ? "the same" : `${item.psnr.toFixed(1)} dB`,
    ".ssim": `${item.ssim.toFixed(2)} of 1`,
    ".nats": item.nats === null ? "" : `${Math.round(item.nats)} nats`,
  };
  for (const [part, text] of Object.entries(figures)) {
    made.querySelector(part).textContent = text;
    made.querySelector(part).parentElement.hidden = !text;
  }
  return made;
}
