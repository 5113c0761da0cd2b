// The latent studio: the shelf, the tabs, and the panel of the mode in use. Its state is in the address.

import { Blend } from "./blend.js";
import { Mix } from "./mix.js";
import { Picker } from "./picker.js";
import { Rebuild } from "./rebuild.js";
import { Sample } from "./sample.js";
import { Shelf } from "./shelf.js";
import { address, read, write } from "./state.js";
import { Steer } from "./steer.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const element = (id) => document.getElementById(id);
const page = element("workshop");
const tabs = [...document.querySelectorAll("[role=tab]")];
const model = element("model");
const most = Number(page.dataset.most);
const usual = model.options[0].value;
const state = read(page.dataset);

const shelf = new Shelf(element("picks"), {
  most,
  changed: arranged,
  chosen: (place) => panels[state.mode].choose?.(place),
  full: () => (toast(`The shelf holds ${counted(most, "product")}. Take one off first.`), false),
});
const studio = {
  state,
  shelf,
  changed,
  failed: (problem) => void toast(problem.message),
  add: ({ product_id: id, photo_id: photo, name }) => shelf.add({ id, photo, name }) === false && shelf.has(id) && toast("It is already on the shelf"),
};
const panels = {
  steer: new Steer(studio),
  interpolate: new Blend(studio),
  arithmetic: new Mix(studio),
  sample: new Sample(studio),
  reconstruct: new Rebuild(studio),
};
const picker = new Picker(shelf);
let open;

/** Products came, went or moved: the one that is reshaped stays the same as long as it is there. */
function arranged() {
  const place = shelf.products.findIndex(({ id }) => id === panels.steer.product?.id);
  if (place >= 0) state.at = place;
  changed({ push: true });
  show();
}

/** Write the state into the address. */
function changed({ push = false } = {}) {
  write(address(state, shelf.products.map(({ id }) => id), usual), { push });
}

/** Show the panel of the mode, or what it needs first. */
function show() {
  const panel = panels[state.mode];
  const has = shelf.products.length;
  const needs = Number(tabs.find(({ dataset }) => dataset.mode === state.mode).dataset.needs);
  const lacks = Math.max(0, needs - has);
  if (open && open !== panel) open.close();
  for (const tab of tabs) {
    const chosen = tab.dataset.mode === state.mode;
    tab.ariaSelected = String(chosen);
    tab.tabIndex = chosen ? 0 : -1;
    element(tab.getAttribute("aria-controls")).hidden = !chosen || lacks > 0;
    if (chosen) element("mode-hint").textContent = tab.dataset.hint;
  }
  begin(lacks, needs);
  open = lacks ? undefined : panel;
  if (lacks) shelf.mark(null);
  else panel.open();
}

function begin(lacks, needs) {
  element("begin").hidden = lacks === 0;
  element("begin-title").textContent = lacks < needs ? "Pick one more product" : needs > 1 ? "Pick two products to begin" : "Pick a product to begin";
  for (const button of document.querySelectorAll("[data-pick]")) button.ariaPressed = String(shelf.has(button.dataset.pick));
}

function go(mode) {
  state.mode = mode;
  changed({ push: true });
  show();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => go(tab.dataset.mode));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs.at((tabs.indexOf(tab) + step) % tabs.length);
    next.focus();
    go(next.dataset.mode);
  });
}
element("add").addEventListener("click", () => picker.open());
for (const button of document.querySelectorAll("[data-pick]")) {
  button.addEventListener("click", () => {
    const { pick: id, photo, name } = button.dataset;
    if (shelf.has(id)) shelf.remove(id);
    else shelf.add({ id, photo, name });
  });
}
model.addEventListener("change", () => {
  state.model = model.value;
  changed({ push: true });
  show();
});
addEventListener("popstate", () => location.reload());

if (Number(page.dataset.gone)) toast(`${counted(Number(page.dataset.gone), "product")} of this link ${page.dataset.gone === "1" ? "is" : "are"} no longer here`);
show();
