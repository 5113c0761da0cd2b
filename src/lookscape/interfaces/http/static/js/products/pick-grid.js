// A grid to select in: click, Shift for a range, Ctrl for one more, a box drawn with the mouse, arrows and space; a tap
// on touch. It holds as many products as Grid does, and asks for the ids of those that were never scrolled to.

import { fill } from "../shared/cells.js";
import { Grid } from "./grid.js";

const DRAG_PX = 6;
const EDGE_PX = 60;

export class PickGrid extends Grid {
  /** As Grid; picked: a Picked. idsAt(offset, size) -> ids of products in the list's order. note(item) -> a line, or null. */
  constructor(list, options, { picked, idsAt, note }) {
    super(list, { ...options, link: () => "", offset: 0 });
    Object.assign(this, { picked, idsAt, noteOf: note, anchor: 0 });
    picked.addEventListener("change", () => this.mark());
    list.addEventListener("click", (event) => this.onClick(event));
    list.addEventListener("dragstart", (event) => event.preventDefault());
    list.parentElement.addEventListener("pointerdown", (event) => this.onDown(event));
    this.mark();
  }

  fill(cell, item, index) {
    fill(cell, item, { href: "", width: this.width });
    const card = cell.querySelector("a");
    card.removeAttribute("href");
    card.ariaLabel = item.name;
    cell.dataset.id = item.product_id;
    card.ariaChecked = String(this.picked?.has(item.product_id) ?? false);
    const told = this.noteOf?.(item) ?? null;
    const line = cell.querySelector(".note");
    if (told !== null) line.textContent = told;
    line.classList.toggle("told", told !== null);
    return cell;
  }

  mark() {
    for (const cell of this.cells.values()) {
      if (cell.dataset.id) cell.querySelector("a").ariaChecked = String(this.picked.has(cell.dataset.id));
    }
  }

  /** Read again what is in view, leaving every photo where it is. */
  async refresh() {
    const [start, end] = this.range;
    this.pages.clear();
    for (let page = Math.floor(start / this.pageSize); page * this.pageSize < end; page += 1) {
      const found = await this.load(page * this.pageSize);
      this.pages.set(page, found.products);
      found.products.forEach((item, place) => {
        const index = page * this.pageSize + place;
        if (this.cells.has(index)) this.fill(this.cells.get(index), item, index);
      });
      if (found.total !== this.total) {
        this.total = found.total;
        this.moved(this.total);
        this.layout();
      }
    }
  }

  // Selecting

  async idsBetween(first, last) {
    const ids = [];
    for (let index = first; index <= last; index += 1) {
      const page = this.pages.get(Math.floor(index / this.pageSize));
      const id = this.cells.get(index)?.dataset.id ?? page?.[index % this.pageSize]?.product_id;
      if (id === undefined) return this.idsAt(first, last - first + 1);
      ids.push(id);
    }
    return ids;
  }

  async pickRange(index) {
    const ids = await this.idsBetween(Math.min(this.anchor, index), Math.max(this.anchor, index));
    this.picked.add(ids);
  }

  onClick(event) {
    const cell = event.target.closest(".cell");
    if (!cell?.dataset.id) return;
    event.preventDefault();
    const index = cell.ariaPosInSet - 1;
    const { id } = cell.dataset;
    const toggles = event.ctrlKey || event.metaKey || event.pointerType === "touch";
    this.current = index;
    this.markTabStop(...this.range);
    cell.querySelector("a").focus({ preventScroll: true });
    if (event.shiftKey) this.pickRange(index);
    else if (toggles || (this.picked.count === 1 && this.picked.has(id))) this.toggle(id);
    else this.picked.set([id]);
    if (!event.shiftKey) this.anchor = index;
  }

  /** One more or one less; of a whole filter, all the others stay. */
  async toggle(id) {
    if (!this.picked.filter) return this.picked.toggle(id);
    const ids = await this.idsAt(0, this.total);
    return this.picked.set(ids.filter((other) => other !== id));
  }

  onKey(event) {
    const before = this.current;
    super.onKey(event);
    if (event.key === " ") {
      event.preventDefault();
      this.anchor = this.current;
      const { id } = this.cells.get(this.current)?.dataset ?? {};
      if (id) this.toggle(id);
    } else if (this.current !== before && event.shiftKey) this.pickRange(this.current);
    else if (this.current !== before) this.anchor = this.current;
  }

  // A box, with the mouse only: a finger scrolls.

  onDown(event) {
    if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("form, dialog, button, input, .toolbar, .heading, .chips")) return;
    const base = event.ctrlKey || event.metaKey || event.shiftKey ? [...this.picked.ids] : [];
    const drag = { base, start: this.inList(event), event, box: null };
    const move = (next) => this.onDrag(drag, next);
    const up = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      this.endDrag(drag);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
  }

  inList(event) {
    const { left, top } = this.list.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  onDrag(drag, event) {
    drag.event = event;
    const here = this.inList(event);
    if (!drag.box && Math.hypot(here.x - drag.start.x, here.y - drag.start.y) < DRAG_PX) return;
    if (!drag.box) {
      drag.box = this.list.parentElement.appendChild(Object.assign(document.createElement("div"), { className: "lasso" }));
      const step = () => drag.box?.isConnected && (this.scrollAtEdge(drag), requestAnimationFrame(step));
      requestAnimationFrame(step);
    }
    this.drawBox(drag);
  }

  scrollAtEdge(drag) {
    const y = drag.event.clientY;
    const speed = y > innerHeight - EDGE_PX ? y - innerHeight + EDGE_PX : Math.min(0, y - this.clearTop() - EDGE_PX / 3);
    if (!speed) return;
    scrollBy({ top: speed / 3, behavior: "instant" });
    this.drawBox(drag);
  }

  drawBox(drag) {
    const here = this.inList(drag.event);
    const [left, right] = [Math.min(here.x, drag.start.x), Math.max(here.x, drag.start.x)];
    const [top, bottom] = [Math.min(here.y, drag.start.y), Math.max(here.y, drag.start.y)];
    const [list, frame] = [this.list, this.list.offsetParent === this.list.parentElement.offsetParent ? { offsetLeft: 0, offsetTop: 0 } : this.list.parentElement];
    Object.assign(drag.box.style, { left: `${list.offsetLeft - frame.offsetLeft + left}px`, top: `${list.offsetTop - frame.offsetTop + top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    const gap = parseFloat(getComputedStyle(list).columnGap);
    const column = (x) => Math.floor(Math.max(0, Math.min(x, list.clientWidth - 1)) / (this.width + gap));
    const rows = [Math.max(0, Math.floor(top / this.rowHeight)), Math.floor(bottom / this.rowHeight)];
    drag.area = { rows, columns: [column(left), Math.min(column(right), this.columns - 1)] };
    const inside = [];
    for (const [index, cell] of this.cells) if (cell.dataset.id && this.inArea(drag.area, index)) inside.push(cell.dataset.id);
    this.picked.set([...drag.base, ...inside]);
  }

  inArea({ rows, columns }, index) {
    const [row, column] = [Math.floor(index / this.columns), index % this.columns];
    return row >= rows[0] && row <= rows[1] && column >= columns[0] && column <= columns[1];
  }

  /** Everything in the box, also what was scrolled out of sight while it was drawn. */
  async endDrag(drag) {
    if (!drag.box) return;
    drag.box.remove();
    addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
    const [first, last] = [drag.area.rows[0] * this.columns, Math.min(this.total, (drag.area.rows[1] + 1) * this.columns) - 1];
    const ids = first <= last ? await this.idsBetween(first, last) : [];
    this.picked.set([...drag.base, ...ids.filter((_, place) => this.inArea(drag.area, first + place))]);
  }
}
