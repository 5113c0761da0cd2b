// All points drawn by the page itself into an image, for browsers without a graphics card. There WebGL is imitated on the
// processor, which takes a microsecond or more for each point; stamping a few pixels takes a hundredth of that, so that
// a million points stay fluid.
//
// Around the image lies a margin as wide as half the largest stamp, so that no stamp has to be cut.

import { DIM, FADED, FAR_FADED, FOUND, NEARER, PICKED, PLAIN, Points } from "./points.js";

const MARGIN = 34;
const SQUARE = 2.6; // pixels across under which a point is a square
const RIM = 5; // pixels of a ring, both sides together
const [MANY, SHARP] = [50_000, 4]; // of so many points, discs of fewer pixels across have no soft edge, for speed
const SOFT = 2.4; // the same of the edge that fades
const OPAQUE = 255 << 24;

export class PagePoints extends Points {
  constructor(canvas, camera) {
    super(canvas, camera);
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.packed = new Uint32Array(this.looks.buffer);
    this.tally = new Uint32Array(4);
    this.fars = new Float32Array(camera.dimensions === 3 ? this.packed.length : 0);
  }

  recolour() {
    this.tally.fill(0);
    for (let place = 3; place < this.looks.length; place += 4) this.tally[this.looks[place]] += 1;
    super.recolour();
  }

  paint(width, height, dots) {
    const { camera } = this;
    const stride = width + 2 * MARGIN;
    if (this.image?.width !== stride || this.image.height !== height + 2 * MARGIN) this.resize(stride, height + 2 * MARGIN);
    this.pixels.fill(this.ground);
    this.depths?.fill(1);
    if (camera.dimensions === 3) {
      camera.flatten();
      this.measure();
    }
    for (const state of [DIM, PLAIN, FOUND, PICKED]) {
      if (this.tally[state]) this.stampAll(state, this.stampOf(state, { stride, dots }), { width, height, stride, dots });
    }
    this.context.putImageData(this.image, -MARGIN, -MARGIN);
  }

  stampOf(state, { stride, dots }) {
    const across = this.size * dots * [0.75, 1, 2.2, 1.6][state] + (state >= FOUND ? 3 : 0);
    return cut(across, { stride, ringed: state >= FOUND, sharp: this.packed.length > MANY && across < SHARP });
  }

  resize(width, height) {
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.depths = this.camera.dimensions === 3 ? new Float32Array(width * height) : null;
  }

  /** Draw the points of one state, in two dimensions over what is there, in three where they are in front. */
  stampAll(state, stamp, { width, height, stride, dots }) {
    const { camera, packed, ground, depths, fars } = this;
    const { xs, ys } = camera;
    const { reach, shift } = stamp;
    const scale = camera.scale * dots;
    const [left, top] = [width / 2 - camera.x * scale, height / 2 + camera.y * scale];
    const [plain, fade] = [state === PLAIN, state === DIM ? Math.round(256 * FADED) : 0];
    for (let point = 0; point < packed.length; point += 1) {
      const look = packed[point];
      if (look >>> 24 !== state) continue;
      const x = left + xs[point] * scale;
      const y = top - ys[point] * scale;
      if (!(x > -reach && y > -reach && x < width + reach && y < height + reach)) continue;
      const far = depths ? fars[point] : 0;
      const faded = plain && far > 0 ? Math.round(256 * FAR_FADED * far) : fade;
      const tint = faded ? over(ground, look, faded) : look | OPAQUE;
      const at = Math.floor(y + shift + MARGIN) * stride + Math.floor(x + shift + MARGIN);
      if (depths) this.stampInFront(stamp, at, tint, far - NEARER * state);
      else this.stamp(stamp, at, tint);
    }
  }

  stamp({ offsets, covers, rims, solid }, at, tint) {
    const { pixels, rim } = this;
    for (let place = 0; place < offsets.length; place += 1) {
      const pixel = at + offsets[place];
      if (solid) pixels[pixel] = tint;
      else pixels[pixel] = over(rims[place] ? rim : tint, pixels[pixel], covers[place]);
    }
  }

  stampInFront({ offsets, covers, rims, solid }, at, tint, far) {
    const { pixels, depths, rim } = this;
    for (let place = 0; place < offsets.length; place += 1) {
      const pixel = at + offsets[place];
      if (far > depths[pixel]) continue;
      depths[pixel] = far;
      if (solid) pixels[pixel] = tint;
      else pixels[pixel] = over(rims[place] ? rim : tint, pixels[pixel], covers[place]);
    }
  }

  theme(paper, ring) {
    [this.ground, this.rim] = [pack(paper), pack(ring)];
    super.theme(paper, ring);
  }

  /** How far behind the middle each point lies, from -0.5 to 0.5. */
  measure() {
    const { camera, fars, depth } = this;
    const { points, pivot } = camera;
    const [x, y, z] = camera.turn.slice(6).map((part) => -part * depth);
    const middle = x * pivot[0] + y * pivot[1] + z * pivot[2];
    for (let point = 0, place = 0; point < fars.length; point += 1, place += 3) {
      const far = x * points[place] + y * points[place + 1] + z * points[place + 2] - middle;
      fars[point] = Math.max(-0.5, Math.min(0.5, far));
    }
  }
}

/**
 * The pixels of a point: how far each is from the upper left one in the image, how much of it is covered (256 is all),
 * and whether it is ring; `solid` when all is covered and none is ring. `shift` leads from the point to the upper left
 * pixel, `reach` to its farthest edge.
 */
function cut(size, { stride, ringed, sharp }) {
  const isSquare = size < SQUARE;
  const side = isSquare ? Math.max(1, Math.round(size)) : Math.ceil(size);
  const [offsets, covers, rims] = [[], [], []];
  for (let place = 0; place < side * side; place += 1) {
    const [x, y] = [place % side, Math.floor(place / side)];
    const away = Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) / (size / 2);
    const soft = 1 - smooth((away - 1 + SOFT / size) / (SOFT / size));
    const cover = isSquare ? 1 : sharp ? Number(away <= 1) : soft;
    if (cover < 0.06) continue;
    offsets.push(y * stride + x);
    covers.push(Math.round(256 * cover));
    rims.push(ringed && away > 1 - RIM / size ? 1 : 0);
  }
  const solid = covers.every((cover) => cover === 256) && !rims.includes(1);
  return { offsets: Int32Array.from(offsets), covers: Uint16Array.from(covers), rims: Uint8Array.from(rims), solid, shift: 0.5 - side / 2, reach: side / 2 };
}

function smooth(share) {
  const part = Math.max(0, Math.min(1, share));
  return part * part * (3 - 2 * part);
}

function pack([red, green, blue]) {
  return (OPAQUE | (Math.round(255 * blue) << 16) | (Math.round(255 * green) << 8) | Math.round(255 * red)) >>> 0;
}

/** One colour over another; `cover` of 256 parts of it. Red and blue are reckoned together, eight bits apart. */
function over(colour, under, cover) {
  const rest = 256 - cover;
  const redBlue = ((colour & 0xff00ff) * cover + (under & 0xff00ff) * rest) / 256;
  const green = ((colour & 0xff00) * cover + (under & 0xff00) * rest) / 256;
  return OPAQUE | (redBlue & 0xff00ff) | (green & 0xff00);
}
