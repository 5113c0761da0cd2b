// What a map holds: its points at once, then photos, products and columns as they are needed. See interfaces/http/atlas.py.

import { ask } from "../shared/api.js";

const HASH = 32; // bytes of a photo's id

export class MapData {
  constructor(name, dimensions) {
    Object.assign(this, { name, dimensions, products: [], columns: [] });
  }

  url(rest = "") {
    return `/api/v1/atlas/maps/${encodeURIComponent(this.name)}${rest}`;
  }

  /** The coordinates, x y (z) of one point after another. */
  async loadPoints() {
    this.points = new Float32Array(await this.bytes("/points"));
    this.count = this.points.length / this.dimensions;
  }

  /** Which photo and which product each point is, and what can colour it; `ready` is all three, and may be waited for. */
  loadRest() {
    this.ready = Promise.all([this.bytes("/photos"), ask(this.url("/products")).then((answer) => answer.json()), this.loadColumns()]).then(([photos, products]) => {
      if (photos.byteLength !== HASH * this.count) return location.reload(); // the map was brought up to date meanwhile
      this.hashes = new Uint8Array(photos);
      this.products = products;
    });
    return this.ready;
  }

  async loadColumns() {
    this.columns = (await (await ask(this.url())).json()).columns;
  }

  async bytes(rest) {
    return (await ask(this.url(rest))).arrayBuffer();
  }

  /** {name, kind, holds, bytes, legend, low, high, several, values}; values are codes or numbers, one of each point. */
  async column(name) {
    const buffer = await this.bytes(`/columns/${encodeURIComponent(name)}`);
    const length = new DataView(buffer).getUint32(0, true);
    const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const Kind = { 1: Uint8Array, 4: Float32Array, 8: Float64Array }[about.bytes];
    return { ...about, values: new Kind(buffer, 4 + length) };
  }

  /** The id of a point's photo; empty before it is known. */
  photo(point) {
    if (!this.hashes) return "";
    let id = "";
    for (let place = point * HASH; place < (point + 1) * HASH; place += 1) id += this.hashes[place].toString(16).padStart(2, "0");
    return id;
  }

  /** The products of some points, each once. */
  productsOf(points) {
    const found = new Set();
    for (const point of points) if (this.products[point]) found.add(this.products[point]);
    return [...found];
  }

  /** A byte for each point: 1 where its product is one of these. */
  mask(ids) {
    const wanted = ids instanceof Set ? ids : new Set(ids);
    const mask = new Uint8Array(this.count);
    if (wanted.size) for (let point = 0; point < this.count; point += 1) mask[point] = wanted.has(this.products[point]) ? 1 : 0;
    return mask;
  }
}
