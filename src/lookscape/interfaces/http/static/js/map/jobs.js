// Work on maps: making one, bringing one up to date, laying one out anew; what is under way, and the map when it is done.

import { call } from "../shared/api.js";
import { follow, resume } from "../jobs/follow.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const TOOL = "atlas/map";
const element = (id) => document.getElementById(id);
const form = element("map-form");
const drawer = element("maps");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const { space, method, dimensions } = Object.fromEntries(new FormData(form));
  start({ space, method, dimensions: Number(dimensions) });
});

/** Start the tool and follow it. */
async function start(params) {
  element("map-problem").textContent = "";
  try {
    await watch(await call(TOOL, params));
  } catch (problem) {
    element("map-problem").textContent = problem.message;
    if (drawer && !drawer.open) toast(problem.message);
  }
}

async function watch(job) {
  if (drawer && !drawer.open) drawer.showModal();
  const { state, result } = await follow(job);
  if (state === "done") location.assign(`/map?map=${encodeURIComponent(JSON.parse(result).name)}`);
}

/** Say when the map is behind the catalogue, with a button that mends it. */
export async function tellStale(name) {
  const { maps } = await call("atlas/maps", {});
  const map = maps.find((one) => one.name === name);
  const changed = map && map.missing + map.gone > 0;
  if (!map?.stale && !changed) return;
  const missing = map.missing ? `${counted(map.missing, "photo")} ${map.missing === 1 ? "is" : "are"} not on this map yet` : "";
  const gone = map.gone ? `${counted(map.gone, "point")} ${map.gone === 1 ? "belongs" : "belong"} to photos that are gone` : "";
  element("stale-words").textContent = map.stale ? "The model has changed since this map was laid out, so it has to be laid out again." : `${[missing, gone].filter(Boolean).join("; ")}. Nothing that is there will move.`;
  element("mend").textContent = map.stale ? "Lay it out again" : map.missing ? "Add them" : "Remove them";
  element("mend").addEventListener("click", () => start(map.stale ? { name, rebuild: true } : { name }));
  element("later").addEventListener("click", () => (element("stale").hidden = true));
  element("stale").hidden = false;
}

element("open-maps")?.addEventListener("click", () => drawer.showModal());
drawer?.addEventListener("click", (event) => (event.target === drawer || event.target.closest("[data-close]")) && drawer.close());
for (const button of document.querySelectorAll("[data-make]")) {
  button.addEventListener("click", () => {
    form.elements.dimensions.value = button.dataset.make;
    drawer.showModal();
    form.querySelector("button").focus();
  });
}

if (!drawer) resume([TOOL], watch);
