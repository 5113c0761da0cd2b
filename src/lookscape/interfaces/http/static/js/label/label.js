// The page that labels: the grid with its filters, what is selected in it, and the bar that labels it.

import { call } from "../shared/api.js";
import { Filters, queryOf } from "../products/filters.js";
import { LabelBar } from "./bar.js";
import { PickGrid } from "../products/pick-grid.js";
import { Picked, handed } from "../products/picked.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const TYPING_MS = 150;
const WATCH_MS = 5000;
const element = (id) => document.getElementById(id);
const [list, text, density] = [element("grid"), element("text"), element("density")];
const pageSize = Number(list.dataset.pageSize);
const given = handed();
const picked = new Picked();
let state = fromAddress();

const grid = new PickGrid(
  list,
  {
    total: Number(list.dataset.total),
    pageSize,
    load: (offset, signal) => (given ? loadGiven(offset, signal) : call("search/find", { ...state, offset, limit: pageSize }, { signal })),
    moved: tell,
    failed: (problem) => void toast(problem.message),
  },
  {
    picked,
    idsAt: async (offset, size) => (given ? given.ids.slice(offset, offset + size) : (await call("annotate/pick", { ...state, offset, size })).product_ids),
    note: ({ attributes }) => {
      const name = element("label-name").value.trim();
      return name in attributes ? attributes[name] : name && bar?.facets.has(name) ? "–" : null;
    },
  },
);
const filters = new Filters({ changed: (where) => apply({ ...state, where }, "pushState") });
const bar = new LabelBar({
  picked,
  seen: Number(list.dataset.latest),
  user: list.dataset.user,
  total: () => grid.total,
  all: () => (given ? picked.set(given.ids) : picked.all({ ...state }, grid.total)),
  changed: refresh,
});

async function loadGiven(offset, signal) {
  const { products } = await call("annotate/show", { products: given.ids.slice(offset, offset + pageSize) }, { signal });
  return { products, total: given.ids.length };
}

function fromAddress() {
  const query = new URLSearchParams(location.search);
  return { text: query.get("text") ?? "", where: query.getAll("where").filter((clause) => clause.includes("=")) };
}

function tell(found) {
  element("found").textContent = counted(found, "product");
  element("nothing").hidden = found > 0;
  bar.tell();
}

/** Read again what others and this page changed. The log is read first: what changes meanwhile is a conflict then. */
async function refresh() {
  const { latest } = await call("annotate/history", { limit: 1 });
  await Promise.all([grid.refresh(), filters.update(state)]);
  bar.saw(latest);
}

/** Show another choice of products; what was selected stays so only where ids say it. */
async function apply(next, how) {
  if (given) return void location.assign(`/annotate?${queryOf(next)}`);
  state = next;
  if (how) history[how]({}, "", `/annotate${state.text || state.where.length ? `?${queryOf(state)}` : ""}`);
  if (picked.filter) picked.set([]);
  if (list.getBoundingClientRect().top < 0) scrollTo({ top: 0, behavior: "instant" });
  try {
    const { latest } = await call("annotate/history", { limit: 1 });
    await Promise.all([grid.show(), filters.update(state)]);
    bar.saw(latest);
    grid.mark();
  } catch (problem) {
    toast(problem.message, { action: { label: "Try again", run: () => apply(state) } });
  }
}

/** Somebody else at work: say so, and show it when asked. */
async function watch() {
  if (document.hidden || bar.busy) return;
  const { acts } = await call("annotate/history", { limit: 1 }).catch(() => ({ acts: [] }));
  const [act] = acts;
  if (!act || act.id <= Math.max(bar.seen, told) || act.by === bar.history.person) return;
  told = act.id;
  toast(`${act.by || "Somebody"}: ${act.words}, ${counted(act.count, "product")}`, { action: { label: "Show", run: refresh } });
}
let told = 0;
setInterval(watch, WATCH_MS);

let typing;
text.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => apply({ ...state, text: text.value.trim() }, "replaceState"), TYPING_MS);
});
element("query").addEventListener("submit", (event) => event.preventDefault());
text.addEventListener("keydown", (event) => event.key === "ArrowDown" && (event.preventDefault(), grid.focus(grid.firstInView().index)));
element("clear").addEventListener("click", (event) => {
  event.preventDefault();
  text.value = "";
  apply({ text: "", where: [] }, "pushState");
});
document.addEventListener("keydown", (event) => {
  const free = document.activeElement === document.body;
  if (free && event.key.startsWith("Arrow")) (event.preventDefault(), grid.focus(grid.firstInView().index));
});
element("label-name").addEventListener("change", () => grid.refresh());
addEventListener("popstate", () => {
  const next = fromAddress();
  text.value = next.text;
  apply(next);
});

density.value = document.documentElement.dataset.density ?? 3;
density.addEventListener("input", () => {
  document.documentElement.dataset.density = density.value;
  localStorage.setItem("density", density.value);
  grid.layout();
});

if (given) {
  await grid.show();
  element("found").textContent = `${counted(given.ids.length, "product")} ${given.words}`;
  picked.set(given.ids);
}
