// Choosing products for the shelf: all of the catalogue as photos, by words or by a photo. A click puts one on the
// shelf, another takes it off.

import { call } from "../shared/api.js";
import { blank, fill } from "../shared/cells.js";
import { fromFile } from "../shared/photo.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const PAGE = 60;
const LIKE = 48; // products that look like a photo
const TYPING_MS = 150;
const AHEAD_PX = 600;
const element = (id) => document.getElementById(id);

export class Picker {
  /** shelf: where the products go. */
  constructor(shelf) {
    Object.assign(this, { shelf, dialog: element("picker"), grid: element("picker-grid"), text: element("picker-text") });
    for (const id of ["picker-close", "picker-done"]) element(id).addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.text.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.find(), TYPING_MS);
    });
    element("picker-photo").addEventListener("change", ({ target }) => target.files.length && this.like(target.files[0], target));
    element("picker-list").addEventListener("scroll", () => this.more(), { passive: true });
  }

  open() {
    this.dialog.showModal();
    this.text.focus();
    if (this.grid.children.length) this.mark();
    else this.find();
  }

  /** List the products that hold the words. */
  find() {
    this.ask = (offset, signal) => call("search/find", { text: this.text.value.trim(), offset, limit: PAGE }, { signal });
    return this.list();
  }

  /** List the products that look like a photo. */
  async like(file, field) {
    field.value = "";
    this.text.value = "";
    try {
      const form = new FormData();
      form.append("photo", await fromFile(file));
      form.append("limit", LIKE);
      this.ask = async (_, signal) => {
        const { hits } = await call("search/by-photo", form, { signal });
        return { products: hits, total: hits.length };
      };
      await this.list();
    } catch (problem) {
      toast(problem.message);
    }
  }

  async list() {
    this.running?.abort();
    this.total = undefined;
    const found = await this.next(0);
    if (!found) return;
    this.grid.replaceChildren();
    element("picker-list").scrollTop = 0;
    this.add(found);
    this.more();
  }

  async more() {
    const list = element("picker-list");
    const count = this.grid.children.length;
    if (this.busy || !(count < this.total) || list.scrollTop + list.clientHeight < list.scrollHeight - AHEAD_PX) return;
    const found = await this.next(count);
    if (found) this.add(found);
  }

  async next(offset) {
    const running = (this.running = new AbortController());
    this.busy = true;
    try {
      return await this.ask(offset, running.signal);
    } catch (problem) {
      if (problem.name !== "AbortError") toast(problem.message);
      return null;
    } finally {
      if (this.running === running) this.busy = false;
    }
  }

  add({ products, total }) {
    this.total = total;
    this.grid.append(...products.map((item) => this.cell(item)));
    element("picker-found").textContent = counted(total, "product");
    element("picker-nothing").hidden = total > 0;
    this.mark();
  }

  /** A cell is a button here: choosing stays on the page. */
  cell(item) {
    const cell = blank("cell");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "card" });
    const link = cell.querySelector("a");
    fill(cell, item, { href: "", width: 150 });
    button.append(...link.childNodes);
    link.replaceWith(button);
    cell.dataset.product = item.product_id;
    button.addEventListener("click", () => this.toggle({ id: item.product_id, photo: item.photo_id, name: item.name }));
    return cell;
  }

  toggle(product) {
    if (this.shelf.has(product.id)) this.shelf.remove(product.id);
    else this.shelf.add(product);
    this.mark();
  }

  mark() {
    for (const cell of this.grid.children) cell.querySelector("button").ariaPressed = String(this.shelf.has(cell.dataset.product));
  }
}
