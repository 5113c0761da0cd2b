// The board: run the comparison as a job and watch it; explain a figure where the pointer or the focus is.

import { ask, call } from "./api.js";
import { JobCard } from "./job.js";
import { toast } from "./toast.js";

const ASK_MS = 1000;
const GAP = 8;
const TOOL = "measure/board";
const ENDED = new Set(["done", "failed", "cancelled"]);
const element = (id) => document.getElementById(id);
const button = element("compare");
const meaning = element("meaning");

button?.addEventListener("click", async () => {
  element("problem").textContent = "";
  button.disabled = true;
  try {
    follow(await call(TOOL, {}));
  } catch (problem) {
    element("problem").textContent = problem.message;
    button.disabled = false;
  }
});

const cancel = (id) => ask(`/api/v1/jobs/${id}/cancel`, { method: "POST" }).catch((problem) => toast(problem.message));

function follow(job) {
  button.disabled = true;
  const card = new JobCard(cancel);
  element("jobs").replaceChildren(card.element);
  watch(job, card);
}

async function watch(job, card) {
  card.show(job);
  if (job.state === "done") return location.reload();
  if (ENDED.has(job.state)) return (button.disabled = false);
  await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  watch(await ask(`/api/v1/jobs/${job.id}`).then((response) => response.json()).catch(() => job), card);
}

/** A comparison that is under way already, whoever started it. */
async function resume() {
  const jobs = await (await ask("/api/v1/jobs?limit=50")).json();
  const running = jobs.find(({ tool, state }) => tool === TOOL && !ENDED.has(state));
  if (running) follow(running);
}

function explain({ target }) {
  const term = target.closest?.(".term");
  if (!term) return;
  meaning.textContent = term.dataset.words;
  meaning.hidden = false;
  const at = term.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = meaning;
  const below = at.bottom + GAP + height < innerHeight;
  meaning.style.left = `${Math.max(12, Math.min(at.left, innerWidth - width - 12))}px`;
  meaning.style.top = `${below ? at.bottom + GAP : at.top - GAP - height}px`;
}

function hush({ target }) {
  if (target.closest?.(".term")) meaning.hidden = true;
}

for (const event of ["pointerover", "focusin", "click"]) document.addEventListener(event, explain);
for (const event of ["pointerout", "focusout"]) document.addEventListener(event, hush);
addEventListener("scroll", () => (meaning.hidden = true), { passive: true });
addEventListener("keydown", ({ key }) => key === "Escape" && (meaning.hidden = true));
if (button) resume().catch((problem) => toast(problem.message));
