// Before the first training: start it, watch it here, and open the studio once it is over.

import { ask, call } from "./api.js";
import { JobCard } from "./job.js";
import { toast } from "./toast.js";

const ASK_MS = 1000;
const TOOL = "manage/train";
const ENDED = new Set(["done", "failed", "cancelled"]);
const list = document.getElementById("jobs");
const forms = [...document.querySelectorAll("form.train")];
let card;

for (const form of forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const says = form.querySelector(".form-error");
    says.textContent = "";
    lock(true);
    try {
      follow(await call(TOOL, { recipe: form.dataset.recipe }));
    } catch (problem) {
      says.textContent = problem.message;
      lock(false);
    }
  });
}

function lock(busy) {
  for (const form of forms) form.querySelector("button:not([type])").disabled = busy;
}

async function cancel(id) {
  await ask(`/api/v1/jobs/${id}/cancel`, { method: "POST" }).catch((problem) => toast(problem.message));
}

function follow(job) {
  lock(true);
  card = new JobCard(cancel);
  list.replaceChildren(card.element);
  watch(job);
}

async function watch(job) {
  card.show(job);
  if (job.state === "done") return location.reload();
  if (ENDED.has(job.state)) return lock(false);
  await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  const next = await ask(`/api/v1/jobs/${job.id}`).then((response) => response.json()).catch(() => job);
  watch(next);
}

/** A training that is under way already, whoever started it. */
async function resume() {
  if (!list) return;
  const jobs = await (await ask("/api/v1/jobs?limit=50")).json();
  const running = jobs.find(({ tool, state }) => tool === TOOL && !ENDED.has(state));
  if (running) follow(running);
}

resume().catch((problem) => toast(problem.message));
