// Tuning: begin a study, or let the one in view go on.

import { call } from "../shared/api.js";
import { follow, resume } from "../jobs/follow.js";

const TUNE = "predict/tune";
const element = (id) => document.getElementById(id);
const page = element("tuning");
const { name, attribute } = page.dataset;
const buttons = page.querySelectorAll("form button");

async function watch(job) {
  for (const button of buttons) button.disabled = true;
  const { state, result } = await follow(job);
  if (state === "done") location.assign(`/tuning?${new URLSearchParams({ name: JSON.parse(result).study })}`);
  else for (const button of buttons) button.disabled = false;
}

function starts(form, params) {
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    element("problem").textContent = "";
    const { trials, minutes, ...rest } = Object.fromEntries(new FormData(form));
    try {
      await watch(await call(TUNE, { ...params, ...rest, trials: Number(trials), minutes: Number(minutes) }));
    } catch (problem) {
      element("problem").textContent = problem.message;
    }
  });
}

starts(element("begin"), {});
starts(element("more"), { attribute, study: name });

if (element("jobs")) resume([TUNE], watch);
