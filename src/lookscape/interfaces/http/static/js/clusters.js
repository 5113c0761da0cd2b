// Clusters: start the work, name a group, take the name back.

import { ask, call } from "./api.js";
import { JobCard } from "./job.js";
import { toast } from "./toast.js";

const ASK_MS = 1000;
const TOOL = "atlas/clusters";
const ENDED = new Set(["done", "failed", "cancelled"]);
const page = document.getElementById("clusters");
const grouping = document.getElementById("grouping");
const problem = document.getElementById("problem");

grouping?.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.textContent = "";
  const { space, method, k } = Object.fromEntries(new FormData(grouping));
  const params = { space, method, ...(page.dataset.name && { name: page.dataset.name }), ...(k && { k: Number(k) }) };
  try {
    follow(await call(TOOL, params));
  } catch (error) {
    problem.textContent = error.message;
  }
});

document.getElementById("name")?.addEventListener("change", ({ target }) => {
  location.search = new URLSearchParams({ name: target.value });
});

for (const form of document.querySelectorAll(".cluster-naming")) form.addEventListener("submit", name);

async function name(event) {
  event.preventDefault();
  const form = event.target;
  const card = form.closest(".cluster");
  const heading = card.querySelector(".cluster-name");
  const before = heading.textContent;
  const value = form.elements.value.value.trim();
  if (!value) return;
  const params = { number: Number(card.dataset.number), value, name: page.dataset.name };
  try {
    const named = await call("atlas/name-cluster", params);
    heading.textContent = named.value;
    const undo = () => call("annotate/undo", { act: named.act }).then(() => (heading.textContent = before));
    const words = `${named.products} products have ${named.attribute} “${named.value}” now`;
    toast(words, { action: { label: "Undo", run: () => undo().catch((error) => toast(error.message)) } });
  } catch (error) {
    toast(error.message);
  }
}

function follow(job) {
  const cancel = (id) => ask(`/api/v1/jobs/${id}/cancel`, { method: "POST" }).catch((error) => toast(error.message));
  const card = new JobCard(cancel);
  document.getElementById("jobs").replaceChildren(card.element);
  watch(job, card);
}

async function watch(job, card) {
  card.show(job);
  if (job.state === "done") return location.reload();
  if (ENDED.has(job.state)) return;
  await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  watch(await ask(`/api/v1/jobs/${job.id}`).then((response) => response.json()).catch(() => job), card);
}

/** A job that is under way already, whoever started it. */
async function resume() {
  const jobs = await (await ask("/api/v1/jobs?limit=50")).json();
  const running = jobs.find(({ tool, state }) => tool === TOOL && !ENDED.has(state));
  if (running) follow(running);
}

resume().catch(() => {});
