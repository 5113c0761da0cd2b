// A product: zoom, its other photos, and rows of products that look like it.

import { call } from "../shared/api.js";
import { blank, fill, productUrl, rate } from "../shared/cells.js";
import { describe } from "../language/words.js";
import { tell } from "./told.js";
import { Zoom } from "./zoom.js";

const HITS = 12;
const product = document.querySelector(".product").dataset.product;
const large = document.getElementById("large");
const zoom = new Zoom(document.getElementById("zoom"));

for (const thumb of document.querySelectorAll(".thumb")) {
  thumb.addEventListener("click", () => {
    zoom.off();
    large.src = thumb.dataset.photo;
    document.querySelector(".thumb[aria-current]").removeAttribute("aria-current");
    thumb.setAttribute("aria-current", "true");
    document.getElementById("search-with").href = `/search?photo=${thumb.dataset.id}`;
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, dialog, .row")) return;
  const links = { ArrowLeft: "left", ArrowRight: "right", Escape: "back" };
  const link = document.getElementById(links[event.key] ?? "");
  if (event.key === "z") zoom.toggle();
  else if (link && !document.querySelector("dialog[open]")) link.click();
});

for (const section of document.querySelectorAll(".alike[data-space]")) showAlike(section);

if (document.getElementById("described")) describe(document.getElementById("described"), product);
if (document.getElementById("told")) tell(document.getElementById("told"), product);

async function showAlike(section) {
  const { space, metric } = section.dataset;
  const row = section.querySelector(".row");
  try {
    const { hits } = await call("search/like", { product, space, limit: HITS });
    row.replaceChildren(...hits.map((hit) => cell(hit, metric, row, space)));
    if (!hits.length) row.replaceWith("This is the only product so far.");
  } catch (problem) {
    row.replaceWith(Object.assign(document.createElement("p"), { className: "form-error", textContent: problem.message }));
  }
  section.ariaBusy = "false";
}

function cell(hit, metric, row, space) {
  const width = row.firstElementChild.offsetWidth;
  const made = rate(fill(blank("hit"), hit, { href: productUrl(hit.product_id), width }), hit, metric);
  const link = made.querySelector(".why-link");
  link.href = `/why?${new URLSearchParams({ product, other: hit.product_id, space })}`;
  link.setAttribute("aria-label", `Why ${hit.name} is like this`);
  link.hidden = false;
  return made;
}
