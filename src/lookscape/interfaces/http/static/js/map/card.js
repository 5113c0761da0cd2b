// What lies under the pointer: a card with photo, name and value. A click or tap pins it; its photo leads to the product.

import { call } from "../shared/api.js";
import { productUrl } from "../shared/cells.js";
import { caption } from "../shared/words.js";

const WAIT_MS = 90;
const GAP = 16;
const KEPT = 400;
const element = (id) => document.getElementById(id);

export class Card {
  /** data: the map's. words(point): its value as the legend has it. like(product): show what looks like it. */
  constructor(stage, { data, words, like }) {
    Object.assign(this, { stage, data, words, point: -1, pinned: false, known: new Map() });
    this.box = element("card");
    element("card-close").addEventListener("click", () => this.close());
    element("card-like").addEventListener("click", () => like(this.data.products[this.point]));
  }

  /** The pointer rests on a point, or on none (-1). */
  hover(point, x, y) {
    if (this.pinned || point === this.point) return;
    if (point < 0) return this.close();
    this.show(point, x, y);
  }

  pin(point, x, y) {
    this.close();
    if (point < 0) return;
    this.pinned = true;
    this.show(point, x, y);
  }

  /** True if there was one. */
  close() {
    const had = this.point >= 0;
    Object.assign(this, { point: -1, pinned: false });
    this.box.hidden = true;
    return had;
  }

  show(point, x, y) {
    this.point = point;
    const { box, data, stage } = this;
    const [photo, product] = [data.photo(point), data.products[point]];
    const image = element("card-photo");
    image.hidden = !photo;
    if (photo) image.src = `/photos/${photo}/160.webp`;
    box.classList.toggle("pinned", this.pinned);
    element("card-like").hidden = !product;
    element("card-name").textContent = product ?? "";
    element("card-note").textContent = "";
    element("card-value").textContent = this.words(point);
    if (product) element("card-link").href = productUrl(product);
    else element("card-link").removeAttribute("href");
    box.hidden = false;
    const left = x + GAP + box.offsetWidth > stage.clientWidth ? x - GAP - box.offsetWidth : x + GAP;
    const top = Math.min(y + GAP, stage.clientHeight - box.offsetHeight - 8);
    Object.assign(box.style, { left: `${Math.max(8, left)}px`, top: `${Math.max(8, top)}px` });
    clearTimeout(this.timer);
    if (product) this.timer = setTimeout(() => this.name(product), this.known.has(product) ? 0 : WAIT_MS);
  }

  async name(product) {
    if (!this.known.has(product)) {
      const { products } = await call("annotate/show", { products: [product] }).catch(() => ({ products: [] }));
      if (this.known.size > KEPT) this.known.clear();
      if (products.length) this.known.set(product, products[0]);
    }
    const item = this.known.get(product);
    if (!item || this.data.products[this.point] !== product) return;
    element("card-name").textContent = item.name;
    element("card-note").textContent = caption(item.attributes, item.name);
  }

  /** What is known of products has changed. */
  forget() {
    this.known.clear();
  }
}
