// Where one looks from. A map of three dimensions is turned about its middle and then seen flat, without perspective, so
// that all else (hover, lasso, photos) works in two dimensions: `flat` is the turned map's own x and y.

const MARGIN = 0.92; // share of the window that the whole map fills
const STEEPEST = Math.PI / 2;
const CLOSEST = 20_000; // times as close as the whole map

export class Camera {
  constructor(points, dimensions) {
    Object.assign(this, { points, dimensions, width: 1, height: 1, x: 0, y: 0, scale: 1, yaw: 0, pitch: 0 });
    this.bounds();
    this.flatten();
  }

  /** The middle to turn about, and half of what the map measures. */
  bounds() {
    const { points, dimensions: size } = this;
    const [low, high] = [new Array(size).fill(Infinity), new Array(size).fill(-Infinity)];
    for (let place = 0; place < points.length; place += 1) {
      const axis = place % size;
      if (points[place] < low[axis]) low[axis] = points[place];
      if (points[place] > high[axis]) high[axis] = points[place];
    }
    this.middle = low.map((value, axis) => (value + high[axis]) / 2);
    this.half = low.map((value, axis) => Math.max((high[axis] - value) / 2, 1e-6));
    this.reach = Math.hypot(...this.half);
    this.pivot = size === 3 ? this.middle : [0, 0, 0];
  }

  get turn() {
    const [cy, sy, cp, sp] = [Math.cos(this.yaw), Math.sin(this.yaw), Math.cos(this.pitch), Math.sin(this.pitch)];
    return [cy, 0, sy, sp * sy, cp, -sp * cy, -cp * sy, sp, cp * cy];
  }

  /** x and y of every point as seen from here; costs a pass over the points where the map has three dimensions. */
  flatten() {
    const { points, dimensions: size, pivot } = this;
    const count = points.length / size;
    this.xs ??= new Float32Array(count);
    this.ys ??= new Float32Array(count);
    const [a, , c, d, e, f] = this.turn;
    for (let point = 0, place = 0; point < count; point += 1, place += size) {
      const x = points[place] - pivot[0];
      const y = points[place + 1] - pivot[1];
      const z = size === 3 ? points[place + 2] - pivot[2] : 0;
      this.xs[point] = a * x + c * z;
      this.ys[point] = d * x + e * y + f * z;
    }
  }

  resize(width, height) {
    const span = Math.min(this.width, this.height) / this.scale;
    Object.assign(this, { width, height });
    this.scale = Math.min(width, height) / span;
  }

  /** The camera that shows the whole map. */
  get whole() {
    if (this.dimensions === 3) return { x: 0, y: 0, scale: (MARGIN * Math.min(this.width, this.height)) / (2 * this.reach) };
    return { x: this.middle[0], y: this.middle[1], scale: (MARGIN / 2) * Math.min(this.width / this.half[0], this.height / this.half[1]) };
  }

  /** How much closer this is than the whole map. */
  get closeness() {
    return this.scale / this.whole.scale;
  }

  fit() {
    Object.assign(this, this.whole);
  }

  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
  }

  rotate(dx, dy) {
    this.yaw = (this.yaw + dx * 0.008) % (2 * Math.PI);
    this.pitch = Math.max(-STEEPEST, Math.min(STEEPEST, this.pitch + dy * 0.008));
  }

  /** Zoom, leaving what lies at a point of the window where it is. */
  zoom(factor, atX = this.width / 2, atY = this.height / 2) {
    const [x, y] = this.toFlat(atX, atY);
    const { scale } = this.whole;
    this.scale = Math.max(scale / 4, Math.min(scale * CLOSEST, this.scale * factor));
    this.x = x - (atX - this.width / 2) / this.scale;
    this.y = y + (atY - this.height / 2) / this.scale;
  }

  toFlat(x, y) {
    return [this.x + (x - this.width / 2) / this.scale, this.y - (y - this.height / 2) / this.scale];
  }

  toWindow(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (this.y - y) * this.scale + this.height / 2];
  }

  /** As the address has it. */
  toString() {
    const parts = [this.x, this.y, Math.min(this.width, this.height) / this.scale];
    if (this.dimensions === 3) parts.push(this.yaw, this.pitch);
    return parts.map((part) => Number(part.toPrecision(6))).join(",");
  }

  /** Take what an address has; false, and nothing changes, when it is no camera of this map. */
  read(text) {
    const parts = text.split(",").map(Number);
    if (parts.length !== (this.dimensions === 3 ? 5 : 3) || !parts.every(Number.isFinite) || parts[2] <= 0) return false;
    const [x, y, span, yaw = 0, pitch = 0] = parts;
    Object.assign(this, { x, y, scale: Math.min(this.width, this.height) / span, yaw, pitch });
    this.flatten();
    return true;
  }
}
