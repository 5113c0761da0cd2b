// Gaps: try an attribute out, choose how sure to be, fill, take over what is right, label what helps most.

import { call } from "../shared/api.js";
import { blank, fill, productUrl } from "../shared/cells.js";
import { follow, resume } from "../jobs/follow.js";
import { hand } from "../products/picked.js";
import { toast } from "../shared/toast.js";
import { counted, percent } from "../shared/words.js";

const WIDTH = 160; // of a cell
const [FILL, NEXT] = ["predict/impute", "predict/next"];
const element = (id) => document.getElementById(id);
const page = element("impute");
const { name } = page.dataset;
const steps = JSON.parse(page.dataset.steps);
const writing = element("writing");
let picks = [];

/** What the threshold would do: the curve's step at or below it. */
function forecast() {
  const threshold = Number(writing.elements.threshold.value);
  const [, written, expected, seen, seenOf] = steps.findLast(([from]) => from <= threshold + 1e-9) ?? steps[0];
  element("sure").textContent = percent(threshold);
  element("forecast").textContent = written ? `Fills ${counted(written, "gap")}; about ${percent(expected)} should be correct.` : "Fills nothing.";
  element("seen").textContent = seenOf ? `On ${counted(seenOf, "known product")} predicted this confidently, ${percent(seen)} were correct.` : "";
  element("now").setAttribute("d", `M${320 * threshold} 0V132`);
  element("write").disabled = !written;
}

async function start(tool, params) {
  element("problem").textContent = "";
  try {
    await watch(await call(tool, params));
  } catch (error) {
    element("problem").textContent = error.message;
  }
}

async function watch(job) {
  const { state, tool, result } = await follow(job);
  if (state !== "done") return;
  if (tool === NEXT) showNext(JSON.parse(result));
  else location.reload();
}

function showNext(found) {
  if (found.name !== name) return;
  picks = found.picks;
  element("jobs").replaceChildren();
  element("next-words").textContent = `${found.words.slice(0, 1).toUpperCase()}${found.words.slice(1)}.`;
  element("next").replaceChildren(...picks.map(cell));
  element("label-next").hidden = false;
  element("label-next").textContent = `Label these ${picks.length}`;
}

function cell({ product_id, product, photo_id, guess }) {
  const item = fill(blank("next-cell"), { photo_id, name: product, attributes: {} }, { href: productUrl(product_id), width: WIDTH });
  item.querySelector(".note").textContent = guess ? `perhaps ${guess}` : "";
  return item;
}

async function accept(cells) {
  const products = cells.map((one) => one.dataset.id);
  try {
    const { act, accepted } = await call("predict/accept", { name, products });
    mark(cells, true);
    const undo = () => call("annotate/undo", { act }).then(() => mark(cells, false));
    const action = act && { label: "Undo", run: () => undo().catch((error) => toast(error.message)) };
    toast(`${counted(accepted, "prediction")} accepted`, action ? { action } : {});
  } catch (error) {
    toast(error.message);
  }
}

function mark(cells, done) {
  for (const one of cells) {
    one.classList.toggle("accepted", done);
    one.querySelector(".accept").disabled = done;
  }
}

const cellsNear = (button) => [...button.closest("section").querySelectorAll(".guess:not(.accepted)")];

writing?.addEventListener("input", forecast);
writing?.addEventListener("submit", (event) => {
  event.preventDefault();
  start(FILL, { name, threshold: Number(writing.elements.threshold.value) });
});
element("again")?.addEventListener("click", () => start(FILL, { name, dry_run: true }));
element("find-next")?.addEventListener("click", () => start(NEXT, { name }));
element("label-next")?.addEventListener("click", () => hand(picks.map((one) => one.product_id), `to label with ${name}`));
element("undo")?.addEventListener("click", async ({ target }) => {
  try {
    await call("annotate/undo", { act: Number(target.dataset.act) });
    location.reload();
  } catch (error) {
    toast(error.message);
  }
});
page.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.matches(".accept")) accept([button.closest(".guess")]);
  else if (button?.matches(".accept-all")) accept(cellsNear(button));
  else if (button?.matches(".check-all")) hand(cellsNear(button).map((one) => one.dataset.id), `with the least sure ${name}`);
});

if (writing) forecast();
resume([FILL, NEXT], watch, (params) => params.name === name);
