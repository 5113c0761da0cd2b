// Reshape: one slider for each factor, the decoded product beside its photo, and the closest real products as it moves.

import { call, follow } from "../shared/api.js";
import { Frame } from "./frame.js";
import { Live } from "./live.js";
import { Matches } from "./matches.js";
import { Slider } from "./sliders.js";
import { toast } from "../shared/toast.js";
import { counted, label } from "../shared/words.js";

const FIRST = 12; // sliders shown at once
const MATCHES = 6;
const REACH = 3; // standard deviations that every slider goes at least
const END = 2.5; // where the pictures at a slider's ends are taken
const UNNAMED = /^latent-\d+$/;
const element = (id) => document.getElementById(id);

export class Steer {
  /** studio: {state, shelf, changed(), failed(problem), add(hit)} of the page. */
  constructor(studio) {
    Object.assign(this, { studio, sliders: [], shown: FIRST, moves: 0 });
    this.panel = element("panel-steer");
    this.made = new Frame(element("steer-made"));
    this.given = new Frame(element("steer-given"));
    this.matches = new Matches(element("steer-matches"), { add: studio.add });
    this.live = new Live({
      ask: ({ question }, signal) => follow("steer", question, { have: this.matches.photos, signal }),
      show: async (answer, { move }) => {
        await this.show(answer);
        this.panel.dataset.shown = move; // by which a test knows which move is on the screen
      },
      failed: studio.failed,
      busy: (is) => (this.panel.ariaBusy = String(is)),
    });
    element("steer-reset").addEventListener("click", () => this.reset());
    element("steer-more").addEventListener("click", () => this.more());
  }

  /** Work on the product that is marked on the shelf. */
  async open() {
    const { state, shelf } = this.studio;
    state.at = Math.min(state.at, shelf.products.length - 1);
    shelf.mark(state.at);
    const product = shelf.products[state.at];
    const wanted = `${state.model} ${product.id}`;
    if (wanted === this.wanted) return this.move();
    if (this.wanted) this.forget();
    this.wanted = wanted;
    this.product = product;
    this.live.stop();
    this.panel.ariaBusy = "true";
    this.given.show(`/photos/${product.photo}.jpg`, { alt: product.name, note: product.name });
    try {
      const { sliders } = await call("latent/steer", { model: state.model, product: product.id, limit: 0 });
      if (this.wanted !== wanted) return;
      this.lay(sliders);
      this.move();
      await this.picture(wanted);
    } catch (problem) {
      if (this.wanted !== wanted) return;
      this.wanted = undefined;
      this.panel.ariaBusy = "false";
      this.studio.failed(problem);
    }
  }

  close() {
    this.live.stop();
  }

  forget() {
    this.studio.state.set.clear();
    this.studio.changed();
  }

  /** Another product was clicked on the shelf. */
  choose(place) {
    this.studio.state.at = place;
    this.studio.changed({ push: true });
    this.open();
  }

  /** One slider for each factor, at the product's own value unless the address says another. */
  lay(factors) {
    const { set } = this.studio.state;
    this.sliders = factors.map((factor) => new Slider(described(factor), { moved: (slider) => this.moved(slider) }));
    const asked = new Map(set);
    set.clear(); // a link may name factors by rank, or by names that are gone
    for (const slider of this.sliders) {
      const value = asked.get(slider.key) ?? asked.get(String(slider.id));
      if (value === undefined) continue;
      slider.put(value);
      set.set(slider.key, value);
    }
    const furthest = this.sliders.findLastIndex((slider) => slider.isMoved) + 1;
    this.shown = Math.max(this.shown, furthest);
    element("steer-sliders").replaceChildren(...this.sliders.map(({ cell }) => cell));
    this.fold();
  }

  fold() {
    this.sliders.forEach(({ cell }, place) => (cell.hidden = place >= this.shown));
    const rest = this.sliders.length - this.shown;
    element("steer-more").hidden = rest <= 0;
    element("steer-more").textContent = `${counted(rest, "finer slider")}`;
  }

  async more() {
    const first = this.shown;
    this.shown = Math.min(this.sliders.length, first + 2 * FIRST);
    this.fold();
    this.sliders[first].input.focus();
    await this.picture(this.wanted).catch(this.studio.failed);
  }

  /** Pictures at the ends of the sliders in view: the same product, changed that way. */
  async picture(wanted) {
    const bare = this.sliders.slice(0, this.shown).filter(({ ends }) => !ends);
    if (!bare.length) return;
    const { rows } = await call("latent/traverse", {
      model: this.studio.state.model,
      product: this.product.id,
      factors: bare.map(({ key }) => key),
      limit: bare.length,
      columns: 2,
      reach: END,
    });
    if (this.wanted !== wanted) return;
    for (const { factor, cells } of rows) {
      const [low, high] = [cells[0], cells.at(-1)].map(({ value, drawn_url: url }) => ({ value, url }));
      this.sliders.find(({ key }) => key === factor)?.picture({ low, high });
    }
  }

  moved(slider) {
    const { set } = this.studio.state;
    if (slider.isMoved) set.set(slider.key, Number(slider.value.toFixed(2)));
    else set.delete(slider.key);
    this.moves += 1;
    this.move();
    this.studio.changed();
  }

  reset() {
    const before = new Map(this.studio.state.set);
    this.put(new Map());
    toast("All sliders reset", { action: { label: "Undo", run: () => this.put(before) } });
  }

  /** Move all sliders: those of `values` there, the others back. */
  put(values) {
    const { state } = this.studio;
    state.set = new Map(values);
    for (const slider of this.sliders) slider.put(values.get(slider.key) ?? slider.rest);
    this.moves += 1;
    this.move();
    this.studio.changed();
  }

  /** Ask for the product as the sliders stand. */
  move() {
    const { model, set } = this.studio.state;
    const factors = [...set].map(([factor, value]) => `${factor}=${value}`);
    element("steer-reset").disabled = !set.size;
    this.live.want({ question: { model, product: this.product.id, factors, limit: MATCHES }, move: this.moves });
  }

  async show({ drawn_url: url, drawn: data, matches, photos }) {
    const moved = this.studio.state.set.size;
    const note = moved ? `${counted(moved, "slider")} moved` : "nothing changed yet";
    const alt = `${this.product.name}, reshaped`;
    element("steer-save").href = `${url}?side=512`;
    await Promise.all([this.made.show(url, { alt, note, data }), this.matches.show(matches, photos)]);
  }
}

/** A factor of the API as a slider. */
function described({ factor, rank, value, low, high, ...words }) {
  const name = UNNAMED.test(factor) ? `Factor ${rank}` : label(factor);
  const [min, max] = [Math.min(-REACH, Math.floor(Math.min(low, value))), Math.max(REACH, Math.ceil(Math.max(high, value)))];
  const ends = { low: words.low_words, high: words.high_words };
  return { key: factor, id: rank, name, min, max, step: 0.1, rest: Math.round(value * 10) / 10, unit: "sd", ...ends };
}
