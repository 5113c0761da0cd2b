// The shelf: the products that one plays with, in order. Drag to reorder, or Shift and an arrow; Delete takes one off.

import { blank } from "../shared/cells.js";

/** How products on the shelf are called, by their places. */
export const LETTERS = "ABCDEFGH";

export class Shelf {
  /** changed(): products came, went or moved. chosen(place): one was clicked. full(): there is no room for another. */
  constructor(list, { most, changed, chosen, full }) {
    Object.assign(this, { list, most, changed, chosen, full });
    for (const cell of list.children) this.wire(cell);
    list.addEventListener("dragover", (event) => this.over(event));
    list.addEventListener("drop", (event) => event.preventDefault());
    this.letter();
  }

  /** The products, as {id, photo, name}. */
  get products() {
    return [...this.list.children].map((cell) => ({ id: cell.dataset.product, photo: cell.dataset.photo, name: cell.querySelector(".pick-name").textContent }));
  }

  has(id) {
    return this.products.some((product) => product.id === id);
  }

  add({ id, photo, name }) {
    if (this.has(id)) return false;
    if (this.list.children.length >= this.most) return this.full();
    const cell = blank("pick");
    Object.assign(cell.dataset, { product: id, photo });
    cell.querySelector("img").src = `/photos/${photo}/160.webp`;
    cell.querySelector(".pick-name").textContent = name;
    this.wire(cell);
    this.list.append(cell);
    this.letter();
    this.changed();
    return true;
  }

  remove(id) {
    const cell = [...this.list.children].find(({ dataset }) => dataset.product === id);
    if (!cell) return;
    const next = cell.nextElementSibling ?? cell.previousElementSibling;
    if (cell.contains(document.activeElement)) next?.querySelector(".pick-photo").focus();
    cell.remove();
    this.letter();
    this.changed();
  }

  /** Show which product is worked on; null: all of them are. */
  mark(place) {
    [...this.list.children].forEach((cell, index) => {
      const button = cell.querySelector(".pick-photo");
      if (place === null) button.removeAttribute("aria-pressed");
      else button.ariaPressed = String(index === place);
    });
  }

  letter() {
    [...this.list.children].forEach((cell, place) => {
      const name = cell.querySelector(".pick-name").textContent;
      cell.querySelector(".letter").textContent = LETTERS[place];
      cell.querySelector(".pick-photo").ariaLabel = `${LETTERS[place]}: ${name}`;
      cell.querySelector(".pick-photo").title = name;
      cell.querySelector(".pick-remove").ariaLabel = `Take ${name} off the shelf`;
    });
  }

  wire(cell) {
    cell.querySelector(".pick-photo").addEventListener("click", () => this.chosen([...this.list.children].indexOf(cell)));
    cell.querySelector(".pick-remove").addEventListener("click", () => this.remove(cell.dataset.product));
    cell.addEventListener("keydown", (event) => this.onKey(event, cell));
    cell.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      this.dragged = cell;
      cell.classList.add("dragged");
    });
    cell.addEventListener("dragend", () => {
      cell.classList.remove("dragged");
      this.dragged = undefined;
      this.moved();
    });
  }

  over(event) {
    const cell = event.target.closest(".pick");
    if (!this.dragged) return;
    event.preventDefault();
    if (!cell || cell === this.dragged) return;
    const box = cell.getBoundingClientRect();
    cell[event.clientX > box.left + box.width / 2 ? "after" : "before"](this.dragged);
  }

  onKey(event, cell) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") return this.remove(cell.dataset.product);
    if (!step) return;
    event.preventDefault();
    const other = step < 0 ? cell.previousElementSibling : cell.nextElementSibling;
    if (!other) return;
    if (!event.shiftKey) return other.querySelector(".pick-photo").focus();
    other[step < 0 ? "before" : "after"](cell);
    cell.querySelector(".pick-photo").focus();
    this.moved();
  }

  moved() {
    this.letter();
    this.changed();
  }
}
