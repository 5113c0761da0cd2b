// Values that somebody else changed meanwhile: theirs stand until a person says otherwise, here, seeing both.

import { call } from "../shared/api.js";
import { counted, number } from "../shared/words.js";

const PHOTOS = 100;
const element = (id) => document.getElementById(id);
const words = (values) => values.join(", ") || "no value";

export class Conflicts {
  constructor() {
    this.dialog = element("conflicts");
    this.dialog.addEventListener("click", (event) => (event.target === this.dialog || event.target.closest("[data-close]")) && this.dialog.close());
    element("use-mine").addEventListener("click", () => this.use(null));
    element("clashes").addEventListener("click", (event) => this.onClick(event));
  }

  /** again(ids): do it after all on these products, on all when null. */
  async show({ conflicts, num_conflicts, changed }, again) {
    this.again = again;
    element("conflicts-words").textContent = `${counted(num_conflicts, "product")} had been changed by somebody else since you looked and stayed as they are; ${number(changed)} became as you wished.`;
    element("clashes").replaceChildren(...conflicts.map(entry));
    this.dialog.showModal();
    const { products } = await call("annotate/show", { products: conflicts.slice(0, PHOTOS).map(({ product_id }) => product_id) });
    for (const { product_id, photo_id, name } of products) {
      const image = this.dialog.querySelector(`[data-id="${CSS.escape(product_id)}"] img`);
      if (image) Object.assign(image, { src: `/photos/${photo_id}/160.webp`, alt: name });
    }
  }

  onClick(event) {
    const item = event.target.closest("button")?.closest("li");
    if (!item) return;
    item.remove();
    this.again([item.dataset.id]);
    if (!element("clashes").children.length) this.dialog.close();
  }

  use(ids) {
    this.dialog.close();
    this.again(ids);
  }
}

function entry({ product_id, yours, theirs, by }) {
  const item = document.createElement("li");
  item.dataset.id = product_id;
  const add = (tag, text, values = {}) => item.append(Object.assign(document.createElement(tag), { textContent: text, ...values }));
  add("img", "", { alt: "", width: 64, height: 64 });
  add("strong", `Theirs: ${words(theirs)}`);
  add("small", `by ${by || "somebody"}`);
  add("small", `Yours: ${words(yours)}`);
  add("button", "Use mine", { type: "button", ariaLabel: `Use mine: ${words(yours)}` });
  return item;
}
