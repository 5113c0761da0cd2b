// The photos themselves, where few enough points are in view: images over the points, taken from a pool.
//
// While the map moves, the whole layer moves with it; when it has come to rest, the photos are chosen anew. Where points
// lie thick, one photo stands for those under it.

const MOST_POINTS = 700; // with more in view there are only points
const MOST = 150;
const [SMALLEST, LARGEST] = [40, 132]; // pixels
const REST_MS = 130;
const LONGEST_MS = 400; // without new photos while the map moves on

export class NearPhotos {
  /** grid(): the points' grid as seen now. passes(point), colour(point) -> a CSS colour. */
  constructor(layer, { camera, data, grid, passes, colour }) {
    Object.assign(this, { layer, camera, data, grid, passes, colour, shown: new Map(), pool: [], side: 0, chosen: 0 });
  }

  /** The camera moved. */
  follow() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.choose(), REST_MS);
    const { base, camera } = this;
    if (!base || !this.shown.size) return;
    this.layer.hidden = base.yaw !== camera.yaw || base.pitch !== camera.pitch;
    const [x, y] = camera.toWindow(...base.corner);
    this.layer.style.transform = `translate(${x}px, ${y}px) scale(${camera.scale / base.scale})`;
    if (performance.now() - this.chosen > LONGEST_MS && !this.layer.hidden) this.choose();
  }

  /** Choose the photos of what is in view. */
  choose() {
    clearTimeout(this.timer);
    this.chosen = performance.now();
    const { camera } = this;
    const [left, top] = camera.toFlat(0, 0);
    const [right, bottom] = camera.toFlat(camera.width, camera.height);
    const box = [left, bottom, right, top];
    const isNear = this.data.hashes && camera.closeness > 1.2 && this.grid().estimate(box) <= MOST_POINTS;
    const points = isNear ? this.spread(box) : [];
    this.base = { corner: [left, top], scale: camera.scale, yaw: camera.yaw, pitch: camera.pitch };
    this.layer.hidden = false;
    this.layer.style.transform = "none";
    this.show(points);
  }

  /** Points of a box, at most one in each square that a photo takes. */
  spread(box) {
    const found = [];
    this.grid().inBox(box, this.passes, (point) => found.push(point));
    const { camera } = this;
    const room = Math.sqrt((camera.width * camera.height) / Math.max(found.length, 1));
    this.side = Math.round(Math.max(SMALLEST, Math.min(LARGEST, room * 0.62)));
    const taken = new Set();
    return found.filter((point) => {
      const [x, y] = this.place(point);
      const square = `${Math.round(x / this.side)},${Math.round(y / this.side)}`;
      return taken.size < MOST && !taken.has(square) && taken.add(square);
    });
  }

  place(point) {
    const { camera } = this;
    return camera.toWindow(camera.xs[point], camera.ys[point]);
  }

  show(points) {
    const wanted = new Set(points);
    for (const [point, image] of this.shown) {
      if (!wanted.has(point)) (this.shown.delete(point), this.pool.push(image), (image.hidden = true));
    }
    for (const point of points) {
      const image = this.shown.get(point) ?? this.take(point);
      const [x, y] = this.place(point);
      Object.assign(image.style, { width: `${this.side}px`, height: `${this.side}px`, borderColor: this.colour(point) });
      image.style.transform = `translate(${Math.round(x - this.side / 2)}px, ${Math.round(y - this.side / 2)}px)`;
    }
  }

  take(point) {
    const image = this.pool.pop() ?? this.layer.appendChild(Object.assign(new Image(), { alt: "", decoding: "async", draggable: false }));
    const pixels = this.side * Math.min(devicePixelRatio, 2);
    image.src = `/photos/${this.data.photo(point)}/${pixels <= 110 ? 96 : pixels <= 190 ? 160 : 320}.webp`;
    image.hidden = false;
    this.shown.set(point, image);
    return image;
  }

  /** How near the pointer must be to mean a point, in pixels: half a photo where there are photos. */
  get reach() {
    return this.shown.size ? this.side / 2 : 0;
  }
}
