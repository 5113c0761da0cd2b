// A grid of any length that holds only the rows near the window.
//
// Rows above and below are padding, so the page has its full height and the browser's own scrolling works. All cells
// have one shape; their number in a row is what the stylesheet's grid gives, so the page that came from the server
// and the one drawn here are the same.

import { blank, fill } from "../shared/cells.js";

const KEPT_PAGES = 40;
const WAIT_MS = 60;
const OVERSCAN = 0.75; // of the window's height, above and below

export class Grid {
  /**
   * list: the element, holding the cells that came with the page. load(offset, signal) -> {products, total}.
   * link(item, index) -> address of a product. moved(total): called when the total
   * changes. failed(problem): called when products cannot be loaded; scrolling on tries again.
   */
  constructor(list, { total, offset, pageSize, load, link, moved, failed }) {
    Object.assign(this, { list, total, pageSize, load, link, moved, failed });
    this.cells = new Map([...list.children].map((cell, place) => [offset + place, cell]));
    this.pages = new Map();
    this.pending = new Map();
    this.current = offset;
    this.columns = 0;
    addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.layout()).observe(list);
    list.addEventListener("keydown", (event) => this.onKey(event));
    list.addEventListener("focusin", (event) => this.onFocus(event));
    this.layout();
  }

  /** Show another list, from its beginning. */
  async show() {
    for (const request of this.pending.values()) request.abort();
    this.pending.clear();
    this.opening?.abort();
    this.opening = new AbortController();
    const first = await this.fetch(0, this.opening);
    if (!first) return;
    this.pages = new Map([[0, first.products]]);
    this.cells.clear();
    this.list.replaceChildren();
    this.total = first.total;
    this.current = 0;
    this.moved(this.total);
    this.layout();
  }

  /** Measure columns and rows, keeping the first product in view where it is. */
  layout() {
    const anchor = this.columns ? this.firstInView() : null;
    const style = getComputedStyle(this.list);
    const tracks = style.gridTemplateColumns.split(" ");
    const probe = this.list.firstElementChild ?? this.list.appendChild(this.waiting());
    this.columns = tracks.length;
    this.width = parseFloat(tracks[0]);
    this.rowHeight = probe.getBoundingClientRect().height + parseFloat(style.rowGap);
    if (!this.cells.size) probe.remove();
    for (const cell of this.cells.values()) cell.querySelector("img").sizes = `${Math.ceil(this.width)}px`;
    this.drawn = "";
    this.draw();
    if (anchor) this.scrollToRow(anchor.index, anchor.above);
  }

  /** Put the rows near the window into the page, and ask for the products they need. */
  draw() {
    const { top } = this.list.getBoundingClientRect();
    const margin = innerHeight * OVERSCAN;
    const rows = Math.ceil(this.total / this.columns);
    const first = Math.min(Math.max(0, Math.floor((-top - margin) / this.rowHeight)), Math.max(0, rows - 1));
    const last = Math.max(first, Math.min(rows, Math.ceil((innerHeight - top + margin) / this.rowHeight)));
    const [start, end] = [first * this.columns, Math.min(this.total, last * this.columns)];
    if (this.drawn === `${start}-${end}`) return;
    this.drawn = `${start}-${end}`;
    this.place(start, end);
    this.list.style.paddingTop = `${first * this.rowHeight}px`;
    this.list.style.paddingBottom = `${(rows - last) * this.rowHeight}px`;
    this.markTabStop(start, end);
    this.timer ??= setTimeout(() => this.request(), WAIT_MS);
    this.range = [start, end];
  }

  place(start, end) {
    for (const [index, cell] of this.cells) {
      if (index < start || index >= end) (cell.remove(), this.cells.delete(index));
    }
    let next = this.list.firstElementChild;
    for (let index = start; index < end; index += 1) {
      const cell = this.cells.get(index) ?? this.make(index);
      if (cell === next) next = next.nextElementSibling;
      else this.list.insertBefore(cell, next);
    }
  }

  make(index) {
    const cell = this.waiting();
    cell.ariaPosInSet = index + 1;
    cell.ariaSetSize = this.total;
    this.cells.set(index, cell);
    const item = this.pages.get(Math.floor(index / this.pageSize))?.[index % this.pageSize];
    return item ? this.fill(cell, item, index) : cell;
  }

  waiting() {
    const cell = blank("cell");
    cell.classList.add("waiting");
    return cell;
  }

  fill(cell, item, index) {
    return fill(cell, item, { href: this.link(item, index), width: this.width });
  }

  request() {
    this.timer = undefined;
    const [start, end] = this.range;
    const wanted = new Set();
    for (let index = start; index < end; index += 1) {
      if (this.cells.get(index)?.classList.contains("waiting")) wanted.add(Math.floor(index / this.pageSize));
    }
    for (const [page, request] of this.pending) {
      if (!wanted.has(page)) (request.abort(), this.pending.delete(page));
    }
    for (const page of wanted) if (!this.pending.has(page)) this.receive(page);
  }

  async receive(page) {
    const request = new AbortController();
    this.pending.set(page, request);
    const found = await this.fetch(page, request).catch(this.failed);
    if (this.pending.get(page) === request) this.pending.delete(page);
    if (!found) return;
    this.pages.set(page, found.products);
    if (this.pages.size > KEPT_PAGES) this.pages.delete(this.pages.keys().next().value);
    found.products.forEach((item, place) => {
      const index = page * this.pageSize + place;
      const cell = this.cells.get(index);
      if (cell?.classList.contains("waiting")) this.fill(cell, item, index);
    });
    if (found.total === this.total) return;
    this.total = found.total;
    this.moved(this.total);
    this.layout();
  }

  /** A page of products, or null when `request` was aborted meanwhile. */
  async fetch(page, request) {
    try {
      return await this.load(page * this.pageSize, request.signal);
    } catch (problem) {
      if (problem.name === "AbortError") return null;
      throw problem;
    }
  }

  // Keyboard: one cell is a tab stop, arrows move it.

  onFocus(event) {
    const cell = event.target.closest(".cell");
    for (const [index, other] of this.cells) if (other === cell) this.current = index;
    this.markTabStop(...this.range);
  }

  onKey(event) {
    const page = Math.max(1, Math.floor(innerHeight / this.rowHeight) - 1) * this.columns;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.focus(this.current + steps[event.key]);
  }

  /** Move the keyboard's place to a product, bringing it into view. */
  focus(wanted) {
    if (!this.total) return;
    const index = Math.min(Math.max(0, wanted), this.total - 1);
    const top = this.rowTop(index);
    const clear = this.clearTop();
    if (top < clear) this.scrollToRow(index, clear);
    else if (top + this.rowHeight > innerHeight) this.scrollToRow(index, innerHeight - this.rowHeight);
    this.draw();
    this.current = index;
    this.cells.get(index).querySelector("a").focus({ preventScroll: true });
  }

  markTabStop(start, end) {
    const stop = this.current >= start && this.current < end ? this.current : this.firstInView().index;
    for (const [index, cell] of this.cells) cell.querySelector("a").tabIndex = index === stop ? 0 : -1;
  }

  rowTop(index) {
    return this.list.getBoundingClientRect().top + Math.floor(index / this.columns) * this.rowHeight;
  }

  clearTop() {
    const bar = document.querySelector(".toolbar");
    return bar.offsetHeight + parseFloat(getComputedStyle(bar).top) + 4;
  }

  scrollToRow(index, above) {
    scrollBy({ top: this.rowTop(index) - above, behavior: "instant" });
  }

  firstInView() {
    const hidden = this.clearTop() - this.list.getBoundingClientRect().top;
    const index = Math.min(Math.max(0, Math.floor(hidden / this.rowHeight)) * this.columns, Math.max(0, this.total - 1));
    return { index, above: this.rowTop(index) };
  }
}
