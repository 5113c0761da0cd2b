// Points sorted into square cells, so that what is near, in a box or within a lasso is found without looking at all.

const PER_CELL = 4;
const MOST_CELLS = 1 << 20;

export class PointGrid {
  constructor(xs, ys) {
    Object.assign(this, { xs, ys });
    const count = xs.length;
    let [right, top] = [-Infinity, -Infinity];
    [this.left, this.bottom] = [Infinity, Infinity];
    for (let point = 0; point < count; point += 1) {
      if (xs[point] < this.left) this.left = xs[point];
      if (xs[point] > right) right = xs[point];
      if (ys[point] < this.bottom) this.bottom = ys[point];
      if (ys[point] > top) top = ys[point];
    }
    const [width, height] = [Math.max(right - this.left, 1e-6), Math.max(top - this.bottom, 1e-6)];
    this.side = Math.sqrt((width * height * PER_CELL) / Math.max(count, 1));
    this.side = Math.max(this.side, Math.sqrt((width * height) / MOST_CELLS), Math.max(width, height) / 4096);
    this.columns = Math.floor(width / this.side) + 1;
    this.rows = Math.floor(height / this.side) + 1;
    this.sort();
  }

  column(x) {
    return Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.left) / this.side)));
  }

  row(y) {
    return Math.max(0, Math.min(this.rows - 1, Math.floor((y - this.bottom) / this.side)));
  }

  /** A counting sort: `order` holds the points cell by cell, `start` where each cell begins in it. */
  sort() {
    const { xs, ys } = this;
    const cells = new Uint32Array(xs.length);
    this.start = new Uint32Array(this.columns * this.rows + 1);
    for (let point = 0; point < xs.length; point += 1) {
      cells[point] = this.row(ys[point]) * this.columns + this.column(xs[point]);
      this.start[cells[point] + 1] += 1;
    }
    for (let cell = 1; cell < this.start.length; cell += 1) this.start[cell] += this.start[cell - 1];
    const next = this.start.slice();
    this.order = new Uint32Array(xs.length);
    for (let point = 0; point < xs.length; point += 1) this.order[next[cells[point]]++] = point;
  }

  /** About how many points a box holds, by whole cells: one subtraction a row. */
  estimate([left, bottom, right, top]) {
    const [first, last] = [this.column(left), this.column(right)];
    let found = 0;
    for (let row = this.row(bottom); row <= this.row(top); row += 1) found += this.start[row * this.columns + last + 1] - this.start[row * this.columns + first];
    return found;
  }

  /** Call visit(point) for every point of a box that `passes`. */
  inBox([left, bottom, right, top], passes, visit) {
    const [first, last] = [this.column(left), this.column(right)];
    for (let row = this.row(bottom); row <= this.row(top); row += 1) {
      const end = this.start[row * this.columns + last + 1];
      for (let place = this.start[row * this.columns + first]; place < end; place += 1) {
        const point = this.order[place];
        const [x, y] = [this.xs[point], this.ys[point]];
        if (x >= left && x <= right && y >= bottom && y <= top && passes(point)) visit(point);
      }
    }
  }

  /** The nearest point within a radius, or -1. */
  nearest(x, y, radius, passes) {
    let [found, best] = [-1, radius * radius];
    this.inBox([x - radius, y - radius, x + radius, y + radius], passes, (point) => {
      const away = (this.xs[point] - x) ** 2 + (this.ys[point] - y) ** 2;
      if (away <= best) [found, best] = [point, away];
    });
    return found;
  }

  /**
   * Points within a polygon of corners x y x y ...: a ray to the right crosses its sides an odd number of times (even-odd
   * rule). Cells that no side touches lie inside or outside as a whole, so that one ray does for all of their points.
   */
  within(corners, passes) {
    const box = boundsOf(corners);
    const [first, last, low, high] = [this.column(box[0]), this.column(box[2]), this.row(box[1]), this.row(box[3])];
    const touched = this.touched(corners);
    const found = [];
    for (let row = low; row <= high; row += 1) {
      for (let column = first; column <= last; column += 1) {
        const cell = row * this.columns + column;
        const [begin, end] = [this.start[cell], this.start[cell + 1]];
        if (begin === end) continue;
        const whole = !touched.has(cell);
        if (whole && !isInside(corners, this.xs[this.order[begin]], this.ys[this.order[begin]])) continue;
        for (let place = begin; place < end; place += 1) {
          const point = this.order[place];
          if (passes(point) && (whole || isInside(corners, this.xs[point], this.ys[point]))) found.push(point);
        }
      }
    }
    return found;
  }

  /** Cells that the sides of a polygon may pass through: of each side, those its bounding box covers. */
  touched(corners) {
    const cells = new Set();
    for (let place = 0; place < corners.length; place += 2) {
      const [x, y, toX, toY] = [corners[place], corners[place + 1], corners[(place + 2) % corners.length], corners[(place + 3) % corners.length]];
      for (let row = this.row(Math.min(y, toY)); row <= this.row(Math.max(y, toY)); row += 1) {
        for (let column = this.column(Math.min(x, toX)); column <= this.column(Math.max(x, toX)); column += 1) cells.add(row * this.columns + column);
      }
    }
    return cells;
  }
}

function boundsOf(corners) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let place = 0; place < corners.length; place += 2) {
    box[0] = Math.min(box[0], corners[place]);
    box[1] = Math.min(box[1], corners[place + 1]);
    box[2] = Math.max(box[2], corners[place]);
    box[3] = Math.max(box[3], corners[place + 1]);
  }
  return box;
}

export function isInside(corners, x, y) {
  let inside = false;
  let [fromX, fromY] = [corners[corners.length - 2], corners[corners.length - 1]];
  for (let place = 0; place < corners.length; place += 2) {
    const [toX, toY] = [corners[place], corners[place + 1]];
    if (fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX) inside = !inside;
    [fromX, fromY] = [toX, toY];
  }
  return inside;
}
