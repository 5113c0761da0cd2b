// What the latent studio shows, and how the address holds it, so that a link shows another person the same.
//
//   model, mode      which model, and which tool
//   product          one for each product on the shelf, in order
//   at               place on the shelf of the product that is reshaped
//   set              one for each slider that was moved, as the API takes it: FACTOR=VALUE
//   weights          one for each product, in Mix
//   route, step      way from product to product, and how far along it
//   seed, bold       which invented products, and how unusual

const WRITE_MS = 250;

/** The state in the address; `page` gives model and mode as the server understood them. */
export function read(page) {
  const query = new URLSearchParams(location.search);
  return {
    model: page.model,
    mode: page.mode,
    at: whole(query.get("at")),
    set: pairs(query.getAll("set")),
    weights: numbers(query.get("weights") ?? ""),
    route: query.get("route") === "spherical" ? "spherical" : "linear",
    step: query.has("step") ? whole(query.get("step")) : null,
    seed: whole(query.get("seed")),
    bold: Math.min(2, Number.parseFloat(query.get("bold")) || 1),
  };
}

const whole = (text) => (/^\d{1,9}$/.test(text ?? "") ? Number(text) : 0);
const numbers = (text) => text.split(",").map(Number.parseFloat).filter(Number.isFinite);

function pairs(clauses) {
  const found = clauses.map((clause) => [clause.slice(0, clause.lastIndexOf("=")), Number.parseFloat(clause.slice(clause.lastIndexOf("=") + 1))]);
  return new Map(found.filter(([factor, value]) => factor && Number.isFinite(value)));
}

/** The address of a state. `usual` is the model that needs no naming. */
export function address({ model, mode, at, set, weights, route, step, seed, bold }, products, usual) {
  const query = new URLSearchParams();
  if (model !== usual) query.set("model", model);
  if (mode !== "steer") query.set("mode", mode);
  for (const id of products) query.append("product", id);
  if (at && mode === "steer") query.set("at", at);
  if (mode === "steer") for (const [factor, value] of set) query.append("set", `${factor}=${value}`);
  if (mode === "arithmetic" && weights.length) query.set("weights", weights.join(","));
  if (mode === "interpolate" && route !== "linear") query.set("route", route);
  if (mode === "interpolate" && step !== null) query.set("step", step);
  if (mode === "sample" && seed) query.set("seed", seed);
  if (mode === "sample" && bold !== 1) query.set("bold", bold);
  return `/latent${query.size ? `?${query}` : ""}`;
}

let timer;
let waiting;

/** Put a state into the address: as a new entry of the history, or in place of the current one, not too often. */
export function write(url, { push = false } = {}) {
  if (push) {
    flush();
    history.pushState(null, "", url);
  } else {
    waiting = url;
    if (!timer) flush();
  }
}

function flush() {
  clearTimeout(timer);
  timer = undefined;
  if (!waiting) return;
  history.replaceState(null, "", waiting);
  waiting = undefined;
  timer = setTimeout(flush, WRITE_MS);
}
