// Jobs as they go: asked for every second while one runs, and seldom otherwise.

import { ask } from "../shared/api.js";
import { JobCard } from "./card.js";
import { toast } from "../shared/toast.js";
import { counted, label } from "../shared/words.js";

const BUSY_MS = 1000;
const IDLE_MS = 4000;
const ENDED = new Set(["done", "failed", "cancelled"]);
const element = (id) => document.getElementById(id);
const list = element("jobs");
const cards = new Map();
let timer;
let hidden = new Set(); // ended jobs that are about to be forgotten

async function refresh() {
  clearTimeout(timer);
  let wait = IDLE_MS;
  try {
    const jobs = await (await ask("/api/v1/jobs?limit=50")).json();
    draw(jobs.filter(({ id }) => !hidden.has(id)));
    if (jobs.some(({ state }) => !ENDED.has(state))) wait = BUSY_MS;
  } catch (problem) {
    element("jobs-found").textContent = problem.message;
  }
  timer = setTimeout(refresh, document.hidden ? IDLE_MS : wait);
}

function draw(jobs) {
  const ids = new Set(jobs.map(({ id }) => id));
  for (const [id, card] of cards) if (!ids.has(id)) (card.element.remove(), cards.delete(id));
  if (!cards.size) list.replaceChildren();
  jobs.forEach((job, place) => {
    if (!cards.has(job.id)) cards.set(job.id, new JobCard(cancel));
    const card = cards.get(job.id);
    if (card.job && card.job.state !== "done" && job.state === "done") tellDone(job);
    card.show(job);
    if (list.children[place] !== card.element) list.insertBefore(card.element, list.children[place] ?? null);
  });
  const running = jobs.filter(({ state }) => !ENDED.has(state)).length;
  element("jobs-found").textContent = running ? `${counted(running, "job")} under way` : jobs.length ? "All done" : "";
  element("clear-ended").hidden = running === jobs.length;
  element("nothing").hidden = jobs.length > 0;
}

const tellDone = ({ tool }) => toast(`${label(tool.split("/").pop())} is done`, { action: { label: "See the catalogue", run: () => location.assign("/") } });

async function cancel(id) {
  try {
    await ask(`/api/v1/jobs/${id}/cancel`, { method: "POST" });
    toast("Stopping after this step. Finished work is kept.");
  } catch (problem) {
    toast(problem.message);
  }
  refresh();
}

// Forgetting waits until it can no longer be taken back.

element("clear-ended").addEventListener("click", () => {
  hidden = new Set([...cards.values()].filter(({ job }) => ENDED.has(job.state)).map(({ job }) => job.id));
  const forget = () => (removeEventListener("pagehide", forget), clear());
  const bring = () => (removeEventListener("pagehide", forget), (hidden = new Set()), refresh());
  addEventListener("pagehide", forget);
  toast(`${counted(hidden.size, "job")} cleared`, { action: { label: "Undo", run: bring }, gone: forget });
  refresh();
});

async function clear() {
  await ask("/api/v1/jobs/clear", { method: "POST", keepalive: true }).catch((problem) => toast(problem.message));
  hidden = new Set();
  refresh();
}

document.addEventListener("job-started", refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
refresh();
