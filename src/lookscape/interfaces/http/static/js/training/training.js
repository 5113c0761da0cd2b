// A training as it goes: words, alarms, curves and film, asked for again while it runs.

import { ask, call } from "../shared/api.js";
import { drawCharts } from "./chart.js";
import { Film } from "./film.js";
import { counted, duration, number } from "../shared/words.js";

const BUSY_MS = 2000;
const element = (id) => document.getElementById(id);
const shown = element("run");
const { name } = shown?.dataset ?? {};
const film = element("film") ? new Film(name) : null;

const askFor = (url) => ask(url).then((answer) => answer.json(), () => null);

async function refresh() {
  const run = await askFor(`/api/v1/training/${name}`);
  if (run && isLaidOutAnew(run)) return location.reload();
  if (run) show(run);
  if (["running", "stopped"].includes(shown.dataset.state)) setTimeout(refresh, BUSY_MS);
}

/** A new state has other parts, and so have the first frame and the first curve: the server lays them out. */
const isLaidOutAnew = ({ state, frames, charts }) =>
  state !== shown.dataset.state || (frames.length && !film) || (charts.length && shown.querySelector(":scope > .nothing"));

/** Until a run has begun there is only its job. */
async function wait() {
  const [names, jobs] = await Promise.all([askFor("/api/v1/training"), askFor("/api/v1/jobs")]);
  if (names?.includes(name)) return location.reload();
  const job = jobs?.find(({ tool, params }) => tool === "manage/train" && nameIn(JSON.parse(params)) === name);
  if (job?.state === "failed") shown.querySelector("p").textContent = job.message;
  setTimeout(wait, BUSY_MS);
}

const nameIn = ({ name: given, recipe }) => given ?? (recipe ?? "language").replaceAll("_", "-");

function show(run) {
  element("line").textContent = run.about ? told(run) : "";
  element("progress").value = run.step;
  drawAlarms(run.alarms);
  film?.show(run.frames);
  drawCharts(element("charts"), run.charts, { steps: run.about?.steps ?? run.step });
}

function told({ about, step, seconds, left_s: left, photos_per_second: speed, state }) {
  const parts = [state === "done" ? counted(step, "step") : `${number(step)} of ${counted(about.steps, "step")}`];
  parts.push(`${number(about.train)} photos`, duration(seconds));
  if (speed) parts.push(`${number(Math.round(speed))} photos a second`);
  if (left !== null) parts.push(`about ${duration(left)} left`);
  return parts.join(" · ");
}

function drawAlarms(alarms) {
  const words = alarms.map(({ says }) => says).join();
  const list = element("alarms");
  if (words === list.dataset.words) return;
  list.dataset.words = words;
  list.replaceChildren(
    ...alarms.map(({ level, says, advice }) => {
      const item = element("alarm").content.firstElementChild.cloneNode(true);
      item.classList.add(level);
      item.querySelector("strong").textContent = says;
      item.querySelector("p").textContent = advice;
      return item;
    }),
  );
}

// Starting another

const form = element("start");

form?.elements.recipe.addEventListener("change", ({ target }) => {
  for (const item of document.querySelectorAll(".about-recipes li")) item.hidden = item.dataset.recipe !== target.value;
});

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const says = form.querySelector(".form-error");
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim() !== ""));
  for (const field of ["steps", "seed"]) if (field in given) given[field] = Number(given[field]);
  says.textContent = "";
  try {
    await call("manage/train", given);
    location.assign(`/training?run=${nameIn(given)}`);
  } catch (problem) {
    says.textContent = problem.message;
  }
});

if (shown?.dataset.state === "queued") wait();
else if (name) refresh();
