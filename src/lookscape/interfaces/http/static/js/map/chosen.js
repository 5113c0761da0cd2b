// The panel of what is selected: how many, a grid of them that grows as one scrolls, and a way to the page that labels.

import { call } from "../shared/api.js";
import { blank, fill, productUrl } from "../shared/cells.js";
import { hand } from "../products/picked.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const PIECE = 48;
const WIDTH = 120;
const element = (id) => document.getElementById(id);

export class Chosen {
  constructor(picked) {
    this.picked = picked;
    [this.panel, this.list] = [element("chosen"), element("chosen-grid")];
    this.list.addEventListener("scroll", () => this.list.scrollTop + this.list.clientHeight > this.list.scrollHeight - 300 && this.more(), { passive: true });
    picked.addEventListener("change", () => this.show());
    element("as-grid").addEventListener("click", () => hand(picked.ids, "from the map"));
  }

  /** Begin again with what is selected now. */
  show() {
    this.ids = [...this.picked.ids];
    this.shown = 0;
    this.panel.hidden = !this.ids.length;
    element("chosen-words").textContent = `${counted(this.ids.length, "product")} selected`;
    this.list.replaceChildren();
    this.list.scrollTop = 0;
    this.more();
  }

  async more() {
    const { ids } = this;
    const part = ids.slice(this.shown, this.shown + PIECE);
    if (!part.length || this.loading === ids) return;
    this.loading = ids;
    try {
      const { products } = await call("annotate/show", { products: part });
      if (this.ids !== ids) return;
      this.list.append(...products.map((item) => fill(blank("cell"), item, { href: productUrl(item.product_id), width: WIDTH })));
      this.shown += part.length;
    } catch (problem) {
      toast(problem.message);
    } finally {
      if (this.loading === ids) this.loading = null;
    }
  }
}
