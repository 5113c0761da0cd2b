// A job shown on a page until it ends: one that this page started, or one that was under way already.

import { ask } from "../shared/api.js";
import { JobCard } from "./card.js";
import { toast } from "../shared/toast.js";

const ASK_MS = 1000;
const ENDED = new Set(["done", "failed", "cancelled"]);
const cancel = (id) => ask(`/api/v1/jobs/${id}/cancel`, { method: "POST" }).catch((problem) => toast(problem.message));

/** Show a job in the list `#jobs`. Gives the job as it ended. */
export async function follow(job) {
  const card = new JobCard(cancel);
  document.getElementById("jobs").replaceChildren(card.element);
  let latest = job;
  for (;;) {
    card.show(latest);
    if (ENDED.has(latest.state)) return latest;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    latest = await ask(`/api/v1/jobs/${job.id}`).then((response) => response.json()).catch(() => latest);
  }
}

/** `watch` the newest job under way of one of these tools that `isMine(params)`, whoever started it. */
export async function resume(tools, watch, isMine = () => true) {
  try {
    const jobs = await (await ask("/api/v1/jobs?limit=50")).json();
    const job = jobs.find(({ tool, state, params }) => tools.includes(tool) && !ENDED.has(state) && isMine(JSON.parse(params)));
    if (job) await watch(job);
  } catch (problem) {
    toast(problem.message);
  }
}
