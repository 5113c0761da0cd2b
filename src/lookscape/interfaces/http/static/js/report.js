// The report: make it as a job, hold a photo beside its groups, lead from its photos to their products.

import { ask, call } from "./api.js";
import { JobCard } from "./job.js";
import { toast } from "./toast.js";

const ASK_MS = 1000;
const TOOL = "report/catalogue";
const ENDED = new Set(["done", "failed", "cancelled"]);
const SPACE = "lab"; // the colour space that is like what people see
const element = (id) => document.getElementById(id);
const form = element("report-form");

for (const link of document.querySelectorAll("a[data-product]")) link.href = `/products/${encodeURIComponent(link.dataset.product)}`;

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  element("problem").textContent = "";
  element("make").disabled = true;
  const { by } = Object.fromEntries(new FormData(form));
  try {
    follow(await call(TOOL, by ? { by } : {}));
  } catch (problem) {
    element("problem").textContent = problem.message;
    element("make").disabled = false;
  }
});

function follow(job) {
  element("make").disabled = true;
  const cancel = (id) => ask(`/api/v1/jobs/${id}/cancel`, { method: "POST" }).catch((problem) => toast(problem.message));
  const card = new JobCard(cancel);
  element("jobs").replaceChildren(card.element);
  watch(job, card);
}

async function watch(job, card) {
  card.show(job);
  if (job.state === "done") return location.reload();
  if (ENDED.has(job.state)) return (element("make").disabled = false);
  await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  watch(await ask(`/api/v1/jobs/${job.id}`).then((response) => response.json()).catch(() => job), card);
}

/** A report that is under way already, whoever started it. */
async function resume() {
  const jobs = await (await ask("/api/v1/jobs?limit=50")).json();
  const running = jobs.find(({ tool, state }) => tool === TOOL && !ENDED.has(state));
  if (running) follow(running);
}

element("compare")?.addEventListener("change", async ({ target }) => {
  const [photo] = target.files;
  target.value = "";
  if (!photo) return;
  element("problem").textContent = "";
  const body = new FormData();
  body.append("photo", photo);
  try {
    show(photo, await call("report/compare", body));
  } catch (problem) {
    element("problem").textContent = problem.message;
  }
});

function show(photo, { by, groups }) {
  const section = element("compared");
  const found = groups.filter(({ space }) => space === SPACE);
  section.hidden = false;
  section.querySelector("h2").textContent = by ? `Nearest in colour: ${found[0].second}` : "Beside all photos";
  const image = Object.assign(new Image(), { alt: photo.name, src: URL.createObjectURL(photo) });
  image.onload = () => URL.revokeObjectURL(image.src);
  section.querySelector(".compared-photo").replaceChildren(image);
  section.querySelector("ol").replaceChildren(...found.map(line));
  section.scrollIntoView({ block: "nearest" });
}

function line({ second, divergence, mutual_information: bits }) {
  const item = document.createElement("li");
  const words = [second, `${(100 * divergence).toFixed(0)}\u202f% different`, `${bits.toFixed(2)} bits`];
  const meter = Object.assign(document.createElement("meter"), { min: 0, max: 1, value: divergence });
  meter.setAttribute("aria-label", `${second}: ${words[1]}`);
  item.append(...words.map((text) => Object.assign(document.createElement("span"), { textContent: text })), meter);
  return item;
}

if (form) resume().catch((problem) => toast(problem.message));
