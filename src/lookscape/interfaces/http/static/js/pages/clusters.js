// Clusters: start the work, name a group, take the name back.

import { call } from "../shared/api.js";
import { follow, resume } from "../jobs/follow.js";
import { toast } from "../shared/toast.js";

const TOOL = "atlas/clusters";
const page = document.getElementById("clusters");
const grouping = document.getElementById("grouping");
const problem = document.getElementById("problem");

grouping?.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.textContent = "";
  const { space, method, k } = Object.fromEntries(new FormData(grouping));
  const params = { space, method, ...(page.dataset.name && { name: page.dataset.name }), ...(k && { k: Number(k) }) };
  try {
    await watch(await call(TOOL, params));
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

async function watch(job) {
  if ((await follow(job)).state === "done") location.reload();
}

resume([TOOL], watch);
