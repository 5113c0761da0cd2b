// The language page: name factors where they stand, merge, hide and bring them back, and write them to the products.

import { call } from "../shared/api.js";
import { follow, resume } from "../jobs/follow.js";
import { Namer } from "./namer.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const element = (id) => document.getElementById(id);
const page = element("language");
const model = page.dataset.model;
const merging = element("merging");
const failed = (problem) => void toast(problem.message);
const act = (tool, params = {}) => call(`latent/${tool}`, { model, ...params });

/** Do something and show the page as it is then, at the same place. */
async function redo(work) {
  try {
    await work();
    location.reload();
  } catch (problem) {
    failed(problem);
  }
}

const undo = () => redo(() => act("undo"));

for (const factor of page.querySelectorAll(".factor")) {
  const rank = factor.dataset.rank;
  const namer = new Namer(factor, {
    save: (name) => act("rename", { factor: rank, name }),
    saved: ({ factor: name }) => {
      element("undo").disabled = false;
      toast(`Named “${name}”`, { action: { label: "Undo", run: undo } });
    },
    failed,
  });
  factor.querySelector(".maybe")?.addEventListener("click", ({ currentTarget }) => namer.keep(currentTarget.dataset.name));
  factor.querySelector(".put-away").addEventListener("click", () => hide(factor, rank));
}

async function hide(factor, rank) {
  try {
    await act("hide", { factor: rank });
    factor.hidden = true;
    factor.querySelector(".to-merge").checked = false;
    pickChanged();
    element("undo").disabled = false;
    toast(`“${factor.dataset.name}” is hidden`, { action: { label: "Undo", run: undo } });
  } catch (problem) {
    failed(problem);
  }
}

for (const button of page.querySelectorAll(".bring-back")) {
  button.addEventListener("click", () => redo(() => act("show", { factor: button.closest("li").dataset.rank })));
}

const picked = () => [...page.querySelectorAll(".factor:has(.to-merge:checked)")];

function pickChanged() {
  const names = picked().map((factor) => factor.dataset.name);
  merging.hidden = !names.length;
  element("merging-words").textContent = names.length === 1 ? `“${names[0]}”: pick another that means the same thing` : `${counted(names.length, "factor")} become one`;
  merging.querySelector(".button").disabled = names.length < 2;
  if (names.length && !element("merging-name").value) element("merging-name").value = /^Factor \d+$/.test(names[0]) ? "" : names[0];
}

page.addEventListener("change", ({ target }) => target.matches(".to-merge") && pickChanged());
element("merging-cancel").addEventListener("click", () => {
  for (const factor of picked()) factor.querySelector(".to-merge").checked = false;
  element("merging-name").value = "";
  pickChanged();
});
merging.addEventListener("submit", (event) => {
  event.preventDefault();
  const factors = picked().map((factor) => factor.dataset.rank);
  redo(() => act("merge", { factors, name: element("merging-name").value }));
});

element("undo").addEventListener("click", undo);
element("model").addEventListener("change", ({ target }) => {
  location.href = target.value === target.dataset.usual ? "/language" : `/language?model=${target.value}`;
});
element("store").addEventListener("click", ({ currentTarget }) => begin(currentTarget, "latent/language", { model }));
element("gauge")?.addEventListener("click", ({ currentTarget }) => begin(currentTarget, "manage/gauge", {}));

async function begin(button, tool, params) {
  element("problem").textContent = "";
  button.disabled = true;
  try {
    await watch(await call(tool, params));
  } catch (problem) {
    element("problem").textContent = problem.message;
  }
  button.disabled = false;
}

async function watch(job) {
  if ((await follow(job)).state === "done") location.reload();
}

resume(["latent/language", "manage/gauge"], watch);
