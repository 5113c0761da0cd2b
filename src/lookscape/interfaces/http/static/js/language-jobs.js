// Jobs that the language page starts: how far they are, and the page anew when they are done.

import { ask } from "./api.js";
import { JobCard } from "./job.js";
import { toast } from "./toast.js";

const ASK_MS = 1000;
const TOOLS = new Set(["latent/language", "manage/gauge"]);
const ENDED = new Set(["done", "failed", "cancelled"]);
const cancel = (id) => ask(`/api/v1/jobs/${id}/cancel`, { method: "POST" }).catch((problem) => toast(problem.message));

/** Show a job; `ended` is called when it ended without success. */
export function follow(job, ended = () => {}) {
  const card = new JobCard(cancel);
  document.getElementById("jobs").replaceChildren(card.element);
  watch(job, card, ended);
}

async function watch(job, card, ended) {
  card.show(job);
  if (job.state === "done") return location.reload();
  if (ENDED.has(job.state)) return ended();
  await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  watch(await ask(`/api/v1/jobs/${job.id}`).then((response) => response.json()).catch(() => job), card, ended);
}

/** A job that is under way already, whoever started it. */
export async function resume() {
  const jobs = await (await ask("/api/v1/jobs?limit=50")).json();
  const running = jobs.find(({ tool, state }) => TOOLS.has(tool) && !ENDED.has(state));
  if (running) follow(running);
}
