// What every way of drawing the points shares: their looks, their sizes and when to draw. A point's look is four bytes:
// red, green, blue, and its state, which decides its size and how far in front it lies: dim ones are nearly paper, found
// ones have a ring, picked ones are large and ringed.

export const DIM = 0;
export const PLAIN = 1;
export const FOUND = 2;
export const PICKED = 3;

export const FADED = 0.86; // how much of a dim point is paper
export const FAR_FADED = 0.7; // the same of one at the far end of three dimensions
export const NEARER = 0.12; // how much nearer each state lies than the one before it, as a share of the depth
const [SMALLEST, MIDDLE, LARGEST] = [1.6, 6, 13]; // pixels across: at least, with the whole map in view, and close

export class Points {
  constructor(canvas, camera) {
    Object.assign(this, { canvas, camera, frames: 0 });
    this.looks = new Uint8Array(4 * camera.xs.length);
  }

  /** Take over `looks`, which whoever colours the points has written. */
  recolour() {
    this.soon();
  }

  /** Colours of the page from 0 to 1, which change with light and dark. */
  theme(paper, ring) {
    Object.assign(this, { paper, ring });
    this.soon();
  }

  /** Draw with the next frame. */
  soon() {
    this.waiting ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.waiting);
    this.waiting = undefined;
    const { camera, canvas } = this;
    const dots = Math.min(devicePixelRatio, 2);
    const [width, height] = [Math.round(camera.width * dots), Math.round(camera.height * dots)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    this.paint(width, height, dots);
    this.frames += 1;
    this.drawn?.();
  }

  /** Pixels across a plain point. */
  get size() {
    const { camera } = this;
    const apart = Math.sqrt((camera.width * camera.height) / camera.xs.length);
    return Math.max(SMALLEST, Math.min(LARGEST, Math.max(SMALLEST, Math.min(MIDDLE, 0.46 * apart)) * camera.closeness ** 0.35));
  }

  /** What a depth along the line of sight is multiplied with, so that the map reaches from -0.5 to 0.5. */
  get depth() {
    return this.camera.dimensions === 3 ? 0.5 / this.camera.reach : 0;
  }
}
