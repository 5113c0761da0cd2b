// The board: run the comparison as a job and watch it; explain a figure where the pointer or the focus is.

import { call } from "../shared/api.js";
import { follow, resume } from "../jobs/follow.js";

const GAP = 8;
const TOOL = "measure/board";
const element = (id) => document.getElementById(id);
const button = element("compare");
const meaning = element("meaning");

button?.addEventListener("click", async () => {
  element("problem").textContent = "";
  button.disabled = true;
  try {
    await watch(await call(TOOL, {}));
  } catch (problem) {
    element("problem").textContent = problem.message;
    button.disabled = false;
  }
});

async function watch(job) {
  button.disabled = true;
  if ((await follow(job)).state === "done") location.reload();
  else button.disabled = false;
}

function explain({ target }) {
  const term = target.closest?.(".term");
  if (!term) return;
  meaning.textContent = term.dataset.words;
  meaning.hidden = false;
  const at = term.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = meaning;
  const below = at.bottom + GAP + height < innerHeight;
  meaning.style.left = `${Math.max(12, Math.min(at.left, innerWidth - width - 12))}px`;
  meaning.style.top = `${below ? at.bottom + GAP : at.top - GAP - height}px`;
}

function hush({ target }) {
  if (target.closest?.(".term")) meaning.hidden = true;
}

for (const event of ["pointerover", "focusin", "click"]) document.addEventListener(event, explain);
for (const event of ["pointerout", "focusout"]) document.addEventListener(event, hush);
addEventListener("scroll", () => (meaning.hidden = true), { passive: true });
addEventListener("keydown", ({ key }) => key === "Escape" && (meaning.hidden = true));
if (button) resume([TOOL], watch);
