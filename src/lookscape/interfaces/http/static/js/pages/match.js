// The match board: start a comparison, sort the table, draw the t-SNE maps and show a photo where the pointer is.

import { call } from "../shared/api.js";
import { follow, resume } from "../jobs/follow.js";

const TOOL = "measure/match";
const SVG = "http://www.w3.org/2000/svg";
const element = (id) => document.getElementById(id);
const form = element("compare");
const board = element("board");
const tsne = element("tsne");

async function watch(job) {
  form.querySelector("button").disabled = true;
  const { state, result } = await follow(job);
  if (state === "done") location.assign(`/match?${new URLSearchParams({ sample: JSON.parse(result).sample })}`);
  else form.querySelector("button").disabled = false;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  element("problem").textContent = "";
  try {
    await watch(await call(TOOL, { label: form.elements.label.value }));
  } catch (problem) {
    element("problem").textContent = problem.message;
  }
});

// Sorting: the good end first, the other end when the same column is chosen again.

function sort(column, turned) {
  const head = board.querySelector(`th[data-column="${column}"]`);
  const falling = (head.dataset.better === "higher") !== turned;
  const rows = [...board.tBodies[0].rows].map((row) => [JSON.parse(row.dataset.sorts)[column], row]);
  rows.sort(([one], [other]) => (falling ? other - one : one - other));
  board.tBodies[0].append(...rows.map(([, row]) => row));
  for (const other of board.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", falling ? "descending" : "ascending");
  element("sort").value = column;
}

board?.tHead.addEventListener("click", ({ target }) => {
  const head = target.closest("th[data-column]");
  if (!head) return;
  const isGoodEnd = head.ariaSort === (head.dataset.better === "higher" ? "descending" : "ascending");
  sort(head.dataset.column, isGoodEnd);
});
element("sort")?.addEventListener("change", ({ target }) => sort(target.value, false));

// Maps: a circle for each photo; the nearest one to the pointer, or the one in focus, shows its photo.

const { labels = [], maps = {} } = tsne ? JSON.parse(tsne.dataset.maps) : {};

function dot([x, y, photo, colour, label]) {
  const circle = document.createElementNS(SVG, "circle");
  for (const [name, value] of Object.entries({ cx: 100 * x, cy: 100 * y, r: 1.1, class: `dot colour-${colour}` })) circle.setAttribute(name, value);
  Object.assign(circle.dataset, { photo, label });
  return circle;
}

function draw(space) {
  element("plot").replaceChildren(...maps[space].map(dot));
  element("seen").hidden = true;
}

function see(circle) {
  element("plot").querySelector(".seen")?.classList.remove("seen");
  circle.classList.add("seen");
  element("seen-photo").src = `/photos/${circle.dataset.photo}/160.webp`;
  element("seen-label").textContent = circle.dataset.label;
  element("seen").hidden = false;
}

if (tsne) {
  const named = (text, colour) => {
    const mark = Object.assign(document.createElement("i"), { className: `colour-${colour}`, ariaHidden: "true" });
    const item = document.createElement("li");
    item.append(mark, text);
    return item;
  };
  const used = new Set(Object.values(maps).flat().map(([, , , colour]) => colour));
  const others = used.has(labels.length) ? [named("all others", labels.length)] : [];
  element("key").replaceChildren(...labels.map(named), ...others);
  draw(element("space").value);
  element("space").addEventListener("change", ({ target }) => draw(target.value));
  for (const event of ["pointermove", "pointerdown"]) {
    element("plot").addEventListener(event, ({ target }) => target.matches("circle") && see(target));
  }
}

if (form) resume([TOOL], watch);
