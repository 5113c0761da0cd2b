// All points in one draw call of WebGL, where a graphics card does it.

import { FADED, FAR_FADED, NEARER, Points } from "./points.js";

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
  float fade = state < 0.5 ? ${FADED} : depth > 0.0 && state < 1.5 ? max(0.0, far) * ${FAR_FADED} : 0.0;
  tint = mix(look.rgb, paper, fade);
  across = size * (state < 0.5 ? 0.75 : state < 1.5 ? 1.0 : state < 2.5 ? 2.2 : 1.6) + (state > 1.5 ? 3.0 : 0.0);
  gl_PointSize = across;
  gl_Position = vec4((seen.xy - view.xy) * view.zw, far - ${NEARER} * state, 1.0);
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

const OPTIONS = { alpha: false, antialias: false, depth: true, powerPreference: "high-performance", failIfMajorPerformanceCaveat: true };
const IMITATED = /swiftshader|llvmpipe|softpipe|software|basic render/i; // names of what stands in for a graphics card

/** Does a graphics card draw WebGL here? Not where there is none, nor where the processor stands in for one. */
export function hasCard() {
  const gl = document.createElement("canvas").getContext("webgl", OPTIONS);
  if (!gl) return false;
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !IMITATED.test(name);
}

export class CardPoints extends Points {
  /** Throws where the browser has no WebGL. */
  constructor(canvas, camera) {
    super(canvas, camera);
    this.gl = canvas.getContext("webgl", { ...OPTIONS, failIfMajorPerformanceCaveat: false });
    if (!this.gl) throw new Error("This browser has no WebGL");
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

  recolour() {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.colours);
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, 0, this.looks);
    super.recolour();
  }

  paint(width, height, dots) {
    const { gl, camera, at } = this;
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
    gl.uniform1f(at.depth, this.depth);
    gl.drawArrays(gl.POINTS, 0, camera.xs.length);
  }
}
