// Compare: choose two groups, compare them, lead from the photos to their products.

import { call } from "../shared/api.js";
import { productUrl } from "../shared/cells.js";
import { follow, resume } from "../jobs/follow.js";

const TOOL = "predict/compare";
const element = (id) => document.getElementById(id);
const form = element("groups");

for (const link of document.querySelectorAll("a[data-product]")) link.href = productUrl(link.dataset.product);

async function watch(job) {
  element("make").disabled = true;
  if ((await follow(job)).state === "done") location.assign("/compare");
  else element("make").disabled = false;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  element("problem").textContent = "";
  const { by, first, second } = Object.fromEntries(new FormData(form));
  try {
    await watch(await call(TOOL, { first: `${by}=${first}`, second: second && `${by}=${second}` }));
  } catch (problem) {
    element("problem").textContent = problem.message;
  }
});
form?.elements.by.addEventListener("change", ({ target }) => location.assign(`/compare?${new URLSearchParams({ by: target.value })}`));

if (form) resume([TOOL], watch);
