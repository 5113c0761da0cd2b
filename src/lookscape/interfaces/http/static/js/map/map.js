// The map: points, photos when close, legend, filters, lasso, what is selected, and the address that shows the same again.

import { call } from "../shared/api.js";
import { Filters, queryOf } from "../products/filters.js";
import { LabelBar } from "../label/bar.js";
import { Camera } from "./camera.js";
import { Card } from "./card.js";
import { Chosen } from "./chosen.js";
import { css, paint } from "./colour.js";
import { MapData } from "./data.js";
import { Gestures } from "./gestures.js";
import { CardPoints, hasCard } from "./gl.js";
import { PointGrid } from "./grid.js";
import { tellStale } from "./jobs.js";
import { Legend } from "./legend.js";
import { NearPhotos } from "./photos.js";
import { DIM, FOUND, PICKED, PLAIN } from "./points.js";
import { PagePoints } from "./raster.js";
import { Picked } from "../products/picked.js";
import { toast } from "../shared/toast.js";
import { counted, label, number } from "../shared/words.js";

const FIRST_BY = ["attribute:cluster", "attribute:category", "attribute:article_type", "attribute:silhouette", "attribute:brand"];
const [TYPING_MS, ADDRESS_MS, GLIDE_MS] = [150, 200, 260];
const [MOUSE_PX, TOUCH_PX] = [11, 22];
const LIKES = 60;
const element = (id) => document.getElementById(id);
const [page, stage, canvas, text, by] = [element("map"), element("stage"), element("points"), element("text"), element("by")];
const query = new URLSearchParams(location.search);

const data = new MapData(page.dataset.name, Number(page.dataset.dimensions));
const picked = new Picked();
let [state, like] = [{ text: query.get("text") ?? "", where: query.getAll("where").filter((clause) => clause.includes("=")) }, query.get("like") ?? ""];
let [camera, points, photos, card, gestures, column] = [];
let [grid, filtered, found] = [null, null, null]; // masks: what passes the filters, what a search found; null is all

// What can be seen and meant

const passes = (point) => (!filtered || filtered[point] === 1) && legend.passes(point);
const legend = new Legend(element("legend"), { changed: restate });
const chosen = new Chosen(picked);

function gridNow() {
  return (grid ??= new PointGrid(camera.xs, camera.ys));
}

/** Write every point's state anew, and say how many are shown. */
function restate() {
  const { looks } = points;
  const mine = data.mask(picked.ids);
  let shown = 0;
  for (let point = 0, place = 3; point < data.count; point += 1, place += 4) {
    const isShown = passes(point);
    if (isShown) shown += 1;
    looks[place] = !isShown ? DIM : mine[point] ? PICKED : !found ? PLAIN : found[point] ? FOUND : DIM;
  }
  points.recolour();
  tell(shown);
  photos.choose();
}

function tell(shown) {
  const parts = [shown === data.count ? counted(shown, "photo") : `${number(shown)} of ${counted(data.count, "photo")}`];
  if (found) parts.push(`${counted(found.total, "product")} ringed`);
  element("found").replaceChildren(parts.join(" · "));
  if (!found) return;
  const clear = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "Clear" });
  clear.addEventListener("click", () => ring(null));
  element("found").append(clear);
}

// The camera

let resting;
function moved() {
  if (camera.dimensions === 3) grid = null;
  points.soon();
  clearTimeout(resting);
  resting = setTimeout(keepAddress, ADDRESS_MS);
}

function keepAddress() {
  const kept = queryOf(state);
  kept.set("map", data.name);
  if (by.value) kept.set("by", by.value);
  if (like) kept.set("like", like);
  kept.set("at", camera);
  history.replaceState({}, "", `/map?${kept}`);
}

/** Go to another place, seen going there unless motion is not wanted. */
function glide(to) {
  const from = { x: camera.x, y: camera.y, scale: camera.scale };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return void (Object.assign(camera, to), moved());
  const began = performance.now();
  const step = (now) => {
    const part = Math.min(1, Math.max(0, now - began) / GLIDE_MS);
    const eased = 1 - (1 - part) ** 3;
    for (const name of ["x", "y"]) camera[name] = from[name] + (to[name] - from[name]) * eased;
    camera.scale = from.scale * (to.scale / from.scale) ** eased;
    moved();
    if (part < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function zoom(factor) {
  camera.zoom(factor);
  moved();
}

/** The turned map flattened again, before anything looks for points in it. */
function settle() {
  if (camera.dimensions === 3 && !grid) camera.flatten();
}

function at(x, y, reach) {
  settle();
  return gridNow().nearest(...camera.toFlat(x, y), Math.max(reach, photos.reach) / camera.scale, passes);
}

// Lasso and box

function setMode(mode) {
  gestures.mode = gestures.mode === mode ? "move" : mode;
  for (const id of ["lasso", "box"]) element(id).ariaPressed = String(gestures.mode === id);
  stage.dataset.mode = gestures.mode;
}

function drawing(corners) {
  const path = corners ? `M${corners.map((value) => Math.round(value)).join(" ")}Z` : "";
  element("drawing").firstElementChild.setAttribute("d", path);
}

async function drawn(corners, { shiftKey, ctrlKey }) {
  const adds = element("more").ariaPressed === "true" || (gestures.mode !== "move" && shiftKey) || ctrlKey;
  const flat = [];
  for (let place = 0; place < corners.length; place += 2) flat.push(...camera.toFlat(corners[place], corners[place + 1]));
  settle();
  const inside = gridNow().within(flat, passes);
  await data.ready;
  const ids = data.productsOf(inside);
  if (adds) picked.add(ids);
  else picked.set(ids);
  if (!ids.length && !adds) toast("Nothing lies within");
}

// Colour, filters, search

async function colourBy(name) {
  try {
    column = name ? await data.column(name) : null;
  } catch (problem) {
    toast(problem.message);
    column = null;
  }
  legend.show(column);
  paint(points.looks, column);
  restate();
}

function drawChoices(wanted) {
  const kinds = { attribute: "Attributes", factor: "Factors", map: "Map" };
  const groups = Object.entries(kinds).map(([kind, title]) => {
    const group = Object.assign(document.createElement("optgroup"), { label: title });
    group.append(...data.columns.filter((one) => one.kind === kind).map((one) => new Option(kind === "attribute" ? label(one.title) : one.title, one.name)));
    return group;
  });
  by.replaceChildren(new Option("nothing", ""), ...groups.filter((group) => group.children.length));
  const names = data.columns.map((one) => one.name);
  by.value = [wanted, ...FIRST_BY, names[0]].find((name) => name === "" || names.includes(name)) ?? "";
}

async function filter() {
  const isOn = state.text || state.where.length;
  const ids = isOn ? (await call("annotate/pick", { ...state, size: 1_000_000 })).product_ids : [];
  await data.ready;
  filtered = isOn ? data.mask(ids) : null;
  restate();
}

async function refilter(next) {
  state = next;
  try {
    await Promise.all([filter(), filters.update(state)]);
  } catch (problem) {
    toast(problem.message, { action: { label: "Try again", run: () => refilter(state) } });
  }
  keepAddress();
}

/** Ring the products that a search found; null takes the rings away. */
async function ring(ids) {
  if (!ids) like = "";
  await data.ready;
  found = ids && Object.assign(data.mask(ids), { total: ids.length });
  restate();
  keepAddress();
}

async function ringLike(product) {
  like = product;
  try {
    const { hits } = await call("search/like", { product, limit: LIKES });
    await ring([product, ...hits.map((hit) => hit.product_id)]);
  } catch (problem) {
    like = "";
    toast(problem.message);
  }
}

/** After a change by this page: what is coloured, listed and counted may have another value now. */
async function refresh() {
  const { latest } = await call("annotate/history", { limit: 1 });
  await Promise.all([data.loadColumns(), filters.update(state), filter()]);
  drawChoices(by.value);
  if (by.value.startsWith("attribute:") && !legend.only.size) await colourBy(by.value);
  card.forget();
  chosen.show();
  bar.saw(latest);
}

const filters = new Filters({ changed: (where) => refilter({ ...state, where }) });
const bar = new LabelBar({
  picked,
  seen: Number(page.dataset.latest),
  user: page.dataset.user,
  total: () => Number(page.dataset.photos),
  all: () => data.ready.then(() => picked.set(data.productsOf(Array.from({ length: data.count }, (_, point) => point).filter(passes)))),
  changed: refresh,
});

// Page

function theme() {
  const colour = (of, name) => getComputedStyle(of)[name].match(/[\d.]+/g).slice(0, 3).map((part) => part / 255);
  points.theme(colour(stage, "backgroundColor"), colour(element("drawing"), "color"));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog, .filters, .map-picked")) return;
  const key = event.key.toLowerCase();
  const letters = { l: () => setMode("lasso"), b: () => setMode("box"), f: () => glide(camera.whole) };
  if (key === "escape") {
    if (gestures.stop() || card.close()) event.stopImmediatePropagation();
    else if (!picked.count && gestures.mode !== "move") setMode(gestures.mode);
  } else if (letters[key]) letters[key]();
  else if (gestures.key(event)) event.preventDefault();
}

function wire() {
  for (const id of ["lasso", "box"]) element(id).addEventListener("click", () => setMode(id));
  element("more").addEventListener("click", ({ currentTarget: button }) => (button.ariaPressed = String(button.ariaPressed !== "true")));
  element("closer").addEventListener("click", () => zoom(1.6));
  element("farther").addEventListener("click", () => zoom(1 / 1.6));
  element("fit").addEventListener("click", () => glide(camera.whole));
  document.addEventListener("keydown", onKey, { capture: true });
  by.addEventListener("change", () => colourBy(by.value).then(keepAddress));
  element("query").addEventListener("submit", (event) => event.preventDefault());
  let typing;
  text.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => refilter({ ...state, text: text.value.trim() }), TYPING_MS);
  });
  picked.addEventListener("change", () => {
    element("more").hidden = !picked.count;
    if (!picked.count) element("more").ariaPressed = "false";
    restate();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
  new MutationObserver(theme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  new ResizeObserver(() => (camera.resize(stage.clientWidth, stage.clientHeight), points.draw())).observe(stage);
}

function build() {
  camera = new Camera(data.points, data.dimensions);
  camera.resize(stage.clientWidth, stage.clientHeight);
  camera.fit();
  camera.read(query.get("at") ?? "");
  points = new (hasCard() || query.get("draw") === "webgl" ? CardPoints : PagePoints)(canvas, camera);
  photos = new NearPhotos(element("near"), { camera, data, grid: () => (settle(), gridNow()), passes, colour: (point) => css([...points.looks.subarray(4 * point, 4 * point + 3)]) });
  card = new Card(stage, { data, words: (point) => legend.words(point), like: ringLike });
  const hover = (x, y) => card.hover(x === undefined ? -1 : at(x, y, MOUSE_PX), x, y);
  const tap = (event, x, y) => card.pin(at(x, y, event.pointerType === "touch" ? TOUCH_PX : MOUSE_PX), x, y);
  gestures = new Gestures(canvas, camera, { moved: () => (card.pinned || card.close(), moved()), hover, tap, drawing, drawn });
  points.drawn = () => photos.follow();
}

async function begin() {
  await data.loadPoints();
  build();
  paint(points.looks, null);
  for (let place = 3; place < points.looks.length; place += 4) points.looks[place] = PLAIN;
  theme();
  points.recolour();
  points.draw();
  performance.mark("map-painted");
  element("loading").hidden = true;
  wire();
  await data.loadRest();
  drawChoices(query.get("by"));
  await colourBy(by.value);
  if (state.text || state.where.length) await filter();
  if (like) await ringLike(like);
  stage.dataset.ready = "";
  await tellStale(data.name);
}

begin().catch((problem) => (element("loading").textContent = problem.message, (element("loading").hidden = false)));
