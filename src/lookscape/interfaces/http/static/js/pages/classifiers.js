// Classifiers: train one, evaluate one, lead from the photos of its mistakes to their products.

import { call } from "../shared/api.js";
import { productUrl } from "../shared/cells.js";
import { follow, resume } from "../jobs/follow.js";

const [LEARN, REPORT] = ["predict/train", "predict/report"];
const element = (id) => document.getElementById(id);
const page = element("classifiers");
const { name } = page.dataset;
const buttons = page.querySelectorAll("#learn button, #make");

for (const link of page.querySelectorAll("a[data-product]")) link.href = productUrl(link.dataset.product);

function learning() {
  const { attribute, name: called, epochs } = Object.fromEntries(new FormData(element("learn")));
  return { attribute, epochs: Number(epochs), ...(called ? { name: called } : {}) };
}

async function watch(job) {
  for (const button of buttons) button.disabled = true;
  const { state, tool, result } = await follow(job);
  if (state !== "done") for (const button of buttons) button.disabled = false;
  else if (tool === LEARN) location.assign(`/classifiers?${new URLSearchParams({ name: JSON.parse(result).name })}`);
  else location.reload();
}

async function start(tool, params) {
  element("problem").textContent = "";
  try {
    await watch(await call(tool, params));
  } catch (problem) {
    element("problem").textContent = problem.message;
  }
}

element("learn")?.addEventListener("submit", (event) => {
  event.preventDefault();
  start(LEARN, learning());
});
element("report-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  start(REPORT, { name });
});

if (element("jobs")) {
  const isMine = (params) => !name || "attribute" in params || (params.name || name) === name;
  resume([LEARN, REPORT], watch, isMine);
}
