// The answer of a search, kept up to date while the question changes: the latest question wins.

import { blank, fill, productUrl, rate } from "../shared/cells.js";

const PAGE = 24;
const SETTLE_MS = 130;
const SLOW_MS = 500; // the first search with another distance takes seconds
const element = (id) => document.getElementById(id);

export class Hits {
  /** ask({offset, limit, signal}) -> the Hits of the API. */
  constructor({ ask }) {
    this.ask = ask;
    this.list = element("hits");
    this.cells = new Map();
    element("more").addEventListener("click", () => this.more());
  }

  /** Ask again when the question has stood still for a moment. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), SETTLE_MS);
  }

  /** Ask again. */
  async now() {
    clearTimeout(this.timer);
    const started = performance.now();
    const answer = await this.request(0);
    if (!answer) return;
    const known = this.cells;
    this.cells = new Map();
    this.list.replaceChildren();
    this.add(answer, known);
    element("unlike").hidden = answer.found || !answer.hits.length;
    const time = `${Math.round(performance.now() - started)} ms`;
    element("found").textContent = answer.hits.length ? `${answer.hits.length} closest · ${time}` : answer.message;
  }

  async more() {
    const count = this.cells.size;
    const answer = await this.request(count);
    if (!answer) return;
    this.add(answer, new Map());
    [...this.cells.values()][count]?.querySelector("a").focus();
    element("found").textContent = `${this.cells.size} closest`;
  }

  /** Append hits; cells of products that were there are used again, so that their photos do not blink. */
  add({ hits, metric }, known) {
    for (const hit of hits) {
      const cell = known.get(hit.product_id) ?? blank("hit");
      this.cells.set(hit.product_id, cell);
      this.list.append(cell);
      const href = productUrl(hit.product_id);
      rate(fill(cell, hit, { href, width: cell.offsetWidth }), hit, metric);
    }
    element("more").hidden = hits.length < PAGE;
  }

  async request(offset) {
    this.running?.abort();
    const running = (this.running = new AbortController());
    const answer = element("answer");
    element("search-error").textContent = "";
    answer.ariaBusy = "true";
    const slow = setTimeout(() => (element("found").textContent = "Searching…"), SLOW_MS);
    try {
      return await this.ask({ offset, limit: PAGE, signal: running.signal });
    } catch (problem) {
      if (problem.name !== "AbortError") this.fail(problem);
      return null;
    } finally {
      clearTimeout(slow);
      if (this.running === running) answer.ariaBusy = "false";
    }
  }

  fail(problem) {
    element("search-error").textContent = problem.message;
    element("found").textContent = "";
    element("more").hidden = true;
    element("unlike").hidden = true;
    this.cells.clear();
    this.list.replaceChildren();
  }
}
