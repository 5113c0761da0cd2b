// The report: make it as a job, hold a photo beside its groups, lead from its photos to their products.

import { call } from "../shared/api.js";
import { productUrl } from "../shared/cells.js";
import { follow, resume } from "../jobs/follow.js";

const TOOL = "report/catalogue";
const SPACE = "lab"; // the colour space that is like what people see
const element = (id) => document.getElementById(id);
const form = element("report-form");

for (const link of document.querySelectorAll("a[data-product]")) link.href = productUrl(link.dataset.product);

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  element("problem").textContent = "";
  element("make").disabled = true;
  const { by } = Object.fromEntries(new FormData(form));
  try {
    await watch(await call(TOOL, by ? { by } : {}));
  } catch (problem) {
    element("problem").textContent = problem.message;
    element("make").disabled = false;
  }
});

async function watch(job) {
  element("make").disabled = true;
  if ((await follow(job)).state === "done") location.reload();
  else element("make").disabled = false;
}

element("compare")?.addEventListener("change", async ({ target }) => {
  const [photo] = target.files;
  target.value = "";
  if (!photo) return;
  element("problem").textContent = "";
  const body = new FormData();
  body.append("photo", photo);
  try {
    show(photo, await call("report/compare", body));
  } catch (problem) {
    element("problem").textContent = problem.message;
  }
});

function show(photo, { by, groups }) {
  const section = element("compared");
  const found = groups.filter(({ space }) => space === SPACE);
  section.hidden = false;
  section.querySelector("h2").textContent = by ? `Nearest in colour: ${found[0].second}` : "Beside all photos";
  const image = Object.assign(new Image(), { alt: photo.name, src: URL.createObjectURL(photo) });
  image.onload = () => URL.revokeObjectURL(image.src);
  section.querySelector(".compared-photo").replaceChildren(image);
  section.querySelector("ol").replaceChildren(...found.map(line));
  section.scrollIntoView({ block: "nearest" });
}

function line({ second, divergence, mutual_information: bits }) {
  const item = document.createElement("li");
  const words = [second, `${(100 * divergence).toFixed(0)}\u202f% different`, `${bits.toFixed(2)} bits`];
  const meter = Object.assign(document.createElement("meter"), { min: 0, max: 1, value: divergence });
  meter.setAttribute("aria-label", `${second}: ${words[1]}`);
  item.append(...words.map((text) => Object.assign(document.createElement("span"), { textContent: text })), meter);
  return item;
}

if (form) resume([TOOL], watch);
