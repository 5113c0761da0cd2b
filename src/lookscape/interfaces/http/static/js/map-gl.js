// All points in one draw call. A point's look is four bytes: red, green, blue, and its state, which decides its size and
// how far in front it lies: dim ones are nearly paper, found ones have a ring, picked ones are large and ringed.

export const DIM = 0;
export const PLAIN = 1;
export const FOUND = 2;
export const PICKED = 3;

const VERTEX = `
attribute vec3 place;
attribute vec4 look;
uniform mat3 turn;
uniform vec3 pivot;
uniform vec4 view;
uniform vec3 paper;
uniform float size;
uniform float depth;
varying vec3 tint;
varying float state;
varying float across;
void main() {
  vec3 seen = turn * (place - pivot);
  state = floor(look.a * 255.0 + 0.5);
  float far = clamp(-seen.z * depth, -0.5, 0.5);
  float fade = state < 0.5 ? 0.86 : depth > 0.0 && state < 1.5 ? max(0.0, far) * 0.7 : 0.0;
  tint = mix(look.rgb, paper, fade);
  across = size * (state < 0.5 ? 0.75 : state < 1.5 ? 1.0 : state < 2.5 ? 2.2 : 1.6) + (state > 1.5 ? 3.0 : 0.0);
  gl_PointSize = across;
  gl_Position = vec4((seen.xy - view.xy) * view.zw, far - 0.12 * state, 1.0);
}`;

const FRAGMENT = `
precision mediump float;
uniform vec3 ring;
varying vec3 tint;
varying float state;
varying float across;
void main() {
  float away = length(gl_PointCoord * 2.0 - 1.0);
  float cover = across < 2.6 ? 1.0 : 1.0 - smoothstep(1.0 - 2.4 / across, 1.0, away);
  if (cover < 0.06) discard;
  bool rim = state > 1.5 && away > 1.0 - 5.0 / across;
  gl_FragColor = vec4(rim ? ring : tint, cover);
}`;

export class Points {
  /** Throws where the browser has no WebGL. */
  constructor(canvas, camera) {
    Object.assign(this, { canvas, camera, frames: 0 });
    this.looks = new Uint8Array(4 * camera.xs.length);
    const options = { alpha: false, antialias: false, depth: true, powerPreference: "high-performance" };
    this.gl = canvas.getContext("webgl", options);
    if (!this.gl) throw new Error("no WebGL");
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => (this.build(), this.draw()));
    this.build();
  }

  build() {
    const { gl, camera } = this;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    this.at = Object.fromEntries(["turn", "pivot", "view", "paper", "size", "depth", "ring"].map((name) => [name, gl.getUniformLocation(program, name)]));
    this.buffer(program, "place", camera.points, camera.dimensions, gl.FLOAT, gl.STATIC_DRAW);
    this.colours = this.buffer(program, "look", this.looks, 4, gl.UNSIGNED_BYTE, gl.DYNAMIC_DRAW);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
  }

  buffer(program, name, values, size, kind, use) {
    const { gl } = this;
    const made = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, made);
    gl.bufferData(gl.ARRAY_BUFFER, values, use);
    const place = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, kind, kind === gl.UNSIGNED_BYTE, 0, 0);
    return made;
  }

  /** Take over `looks`, which whoever colours the points has written. */
  recolour() {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.colours);
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, 0, this.looks);
    this.soon();
  }

  /** Colours of the page, which change with light and dark. */
  theme(paper, ring) {
    Object.assign(this, { paper, ring });
    this.soon();
  }

  /** Draw with the next frame. */
  soon() {
    this.waiting ??= requestAnimationFrame(() => this.draw());
  }

  get size() {
    const { camera } = this;
    const apart = Math.sqrt((camera.width * camera.height) / camera.xs.length);
    return Math.max(1.6, Math.min(13, Math.max(1.6, Math.min(6, 0.46 * apart)) * camera.closeness ** 0.35));
  }

  draw() {
    cancelAnimationFrame(this.waiting);
    this.waiting = undefined;
    const { gl, camera, canvas, at } = this;
    const dots = Math.min(devicePixelRatio, 2);
    const [width, height] = [Math.round(camera.width * dots), Math.round(camera.height * dots)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    gl.viewport(0, 0, width, height);
    gl.clearColor(...this.paper, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const [a, b, c, d, e, f, g, h, i] = camera.turn;
    gl.uniformMatrix3fv(at.turn, false, [a, d, g, b, e, h, c, f, i]);
    gl.uniform3f(at.pivot, ...camera.pivot);
    gl.uniform4f(at.view, camera.x, camera.y, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform3f(at.paper, ...this.paper);
    gl.uniform3f(at.ring, ...this.ring);
    gl.uniform1f(at.size, this.size * dots);
    gl.uniform1f(at.depth, camera.dimensions === 3 ? 0.5 / camera.reach : 0);
    gl.drawArrays(gl.POINTS, 0, camera.xs.length);
    this.frames += 1;
    this.drawn?.();
  }
}
