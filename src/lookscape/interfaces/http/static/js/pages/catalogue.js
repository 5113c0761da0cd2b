// The catalogue: the grid, its filters and words, all kept in the address so that Back works.

import { call } from "../shared/api.js";
import { productUrl } from "../shared/cells.js";
import { Filters, queryOf } from "../products/filters.js";
import { Grid } from "../products/grid.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const TYPING_MS = 150;
const element = (id) => document.getElementById(id);
const [list, text, density] = [element("grid"), element("text"), element("density")];
const { total, offset, pageSize } = list.dataset;
let state = fromAddress();

const grid = new Grid(list, {
  total: Number(total),
  offset: Number(offset),
  pageSize: Number(pageSize),
  load: (first, signal) => call("search/find", { ...state, offset: first, limit: Number(pageSize) }, { signal }),
  link: (item, index) => `${productUrl(item.product_id)}?${withPlace(index)}`,
  moved: tell,
  failed: (problem) => void toast(problem.message),
});
const filters = new Filters({ changed: (where) => apply({ ...state, where }, "pushState") });

function fromAddress() {
  const query = new URLSearchParams(location.search);
  return { text: query.get("text") ?? "", where: query.getAll("where").filter((clause) => clause.includes("=")) };
}

function withPlace(index) {
  const query = queryOf(state);
  query.set("at", index);
  return query;
}

function tell(found) {
  element("found").textContent = counted(found, "product");
  element("nothing").hidden = found > 0;
}

/** Show another choice of products; `how` is the History method that writes it into the address. */
async function apply(next, how) {
  state = next;
  if (how) history[how]({ y: 0 }, "", `/${state.text || state.where.length ? `?${queryOf(state)}` : ""}`);
  const top = list.getBoundingClientRect().top;
  if (top < 0) scrollTo({ top: 0, behavior: "instant" });
  try {
    await Promise.all([grid.show(), filters.update(state)]);
  } catch (problem) {
    toast(problem.message, { action: { label: "Try again", run: () => apply(state) } });
  }
}

let typing;
text.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => apply({ ...state, text: text.value.trim() }, "replaceState"), TYPING_MS);
});
element("query").addEventListener("submit", (event) => event.preventDefault());
text.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") (event.preventDefault(), grid.focus(grid.firstInView().index));
  if (event.key === "Escape") text.blur();
});
document.addEventListener("keydown", (event) => {
  const free = document.activeElement === document.body;
  if (free && ["ArrowLeft", "ArrowRight"].includes(event.key)) (event.preventDefault(), grid.focus(grid.firstInView().index));
});
element("clear").addEventListener("click", (event) => {
  event.preventDefault();
  text.value = "";
  apply({ text: "", where: [] }, "pushState");
});

density.value = document.documentElement.dataset.density ?? 3;
density.addEventListener("input", () => {
  document.documentElement.dataset.density = density.value;
  localStorage.setItem("density", density.value);
  grid.layout();
});

// Back: the same products at the same place.

addEventListener("popstate", async (event) => {
  const next = fromAddress();
  text.value = next.text;
  await apply(next);
  scrollTo({ top: event.state?.y ?? 0, behavior: "instant" });
});
const keepPlace = () => history.replaceState({ y: scrollY }, "");
addEventListener("pagehide", keepPlace);
let settled;
addEventListener("scroll", () => (clearTimeout(settled), (settled = setTimeout(keepPlace, 200))), { passive: true });
history.scrollRestoration = "manual";
if (history.state?.y) scrollTo({ top: history.state.y, behavior: "instant" });
else if (grid.current > 0) grid.scrollToRow(grid.current, grid.clearTop());
if (location.hash === "#text") text.focus();
