// Work on maps: making one, bringing one up to date, laying one out anew; what is under way, and the map when it is done.

import { ask, call } from "./api.js";
import { JobCard } from "./job.js";
import { toast } from "./toast.js";
import { counted } from "./words.js";

const ASK_MS = 1000;
const TOOL = "atlas/map";
const ENDED = new Set(["done", "failed", "cancelled"]);
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
    follow(await call(TOOL, params));
  } catch (problem) {
    element("map-problem").textContent = problem.message;
    if (drawer && !drawer.open) toast(problem.message);
  }
}

function follow(job) {
  const card = new JobCard((id) => ask(`/api/v1/jobs/${id}/cancel`, { method: "POST" }).catch((problem) => toast(problem.message)));
  element("jobs").replaceChildren(card.element);
  if (drawer && !drawer.open) drawer.showModal();
  watch(job, card);
}

async function watch(job, card) {
  card.show(job);
  if (job.state === "done") return location.assign(`/map?map=${encodeURIComponent(JSON.parse(job.result).name)}`);
  if (ENDED.has(job.state)) return;
  await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  watch(await ask(`/api/v1/jobs/${job.id}`).then((response) => response.json()).catch(() => job), card);
}

/** A job that is under way already, whoever started it. */
async function resume() {
  const jobs = await (await ask("/api/v1/jobs?limit=50")).json();
  const running = jobs.find(({ tool, state }) => tool === TOOL && !ENDED.has(state));
  if (running && !drawer) follow(running);
}

/** Say when the map is behind the catalogue, with a button that mends it. */
export async function tellStale(name) {
  const { maps } = await call("atlas/maps", {});
  const map = maps.find((one) => one.name === name);
  const changed = map && map.missing + map.gone > 0;
  if (!map?.stale && !changed) return;
  const missing = map.missing ? `${counted(map.missing, "photo")} ${map.missing === 1 ? "is" : "are"} not on this map yet` : "";
  const gone = map.gone ? `${counted(map.gone, "point")} ${map.gone === 1 ? "stands" : "stand"} for photos that are gone` : "";
  element("stale-words").textContent = map.stale ? "The model has changed since this map was laid out, so it can only be laid out anew." : `${[missing, gone].filter(Boolean).join("; ")}. Nothing that is there will move.`;
  element("mend").textContent = map.stale ? "Lay it out anew" : map.missing ? "Place them" : "Take them off";
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
resume().catch(() => {});
