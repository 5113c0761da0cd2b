// The findings that are to be reviewed: the first of them here, more asked for before they run out.

import { call } from "../shared/api.js";

const BATCH = 60;
const AHEAD = 20;

export class Queue {
  constructor() {
    this.items = [];
    this.total = 0;
    this.wanted = {};
    this.gone = new Set(); // decided, though the server may not know yet
  }

  /** Begin anew with other findings. */
  async open(wanted) {
    this.wanted = wanted;
    this.gone.clear();
    const { findings, total } = await call("clean/findings", { ...wanted, limit: BATCH });
    if (this.wanted !== wanted) return;
    Object.assign(this, { items: findings, total });
  }

  /** A finding was decided and leaves. */
  take(item) {
    this.gone.add(item.id);
    this.items = this.items.filter((other) => other !== item);
    this.total -= 1;
  }

  /** See to it that the finding at a place, and some after it, are here. */
  async fill(place) {
    if (this.items.length >= this.total || place < this.items.length - AHEAD) return;
    const { wanted } = this;
    const { findings } = await call("clean/findings", { ...wanted, limit: BATCH, offset: this.items.length });
    if (this.wanted !== wanted) return;
    const known = new Set([...this.gone, ...this.items.map(({ id }) => id)]);
    this.items = [...this.items, ...findings.filter(({ id }) => !known.has(id))];
  }
}
