// Before the first training: start it, watch it here, and open the studio once it is over.

import { call } from "../shared/api.js";
import { follow, resume } from "../jobs/follow.js";

const TOOL = "manage/train";
const forms = [...document.querySelectorAll("form.train")];

for (const form of forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const says = form.querySelector(".form-error");
    says.textContent = "";
    lock(true);
    try {
      await watch(await call(TOOL, { recipe: form.dataset.recipe }));
    } catch (problem) {
      says.textContent = problem.message;
      lock(false);
    }
  });
}

function lock(busy) {
  for (const form of forms) form.querySelector("button:not([type])").disabled = busy;
}

async function watch(job) {
  lock(true);
  if ((await follow(job)).state === "done") location.reload();
  else lock(false);
}

if (document.getElementById("jobs")) resume([TOOL], watch);
