// Search by photo: the photo and its crop on one side, what looks like it on the other, always up to date.

import { call } from "../shared/api.js";
import { CropBox } from "./crop.js";
import { Filters, queryOf } from "../products/filters.js";
import { Hits } from "./hits.js";
import { fromAddress, fromFile, keep, kept, photoIn } from "../shared/photo.js";

const element = (id) => document.getElementById(id);
const [page, image, space, metric] = ["search", "photo", "space", "metric"].map(element);
const hits = new Hits({ ask: search });
const filters = new Filters({ changed: applyFilters });
const crop = new CropBox(element("crop-stage"), { changed: cropped });
let photo = null;

async function search({ offset, limit, signal }) {
  const form = new FormData();
  form.append("photo", photo, "photo");
  form.append("crop", crop.toString());
  form.append("offset", offset);
  form.append("limit", limit);
  for (const clause of filters.state.where) form.append("where", clause);
  for (const choice of [space, metric]) if (choice.value) form.append(choice.id, choice.value);
  return call("search/by-photo", form, { signal });
}

/** Search with a photo, given as a promise of its Blob. */
async function use(coming, { remember = true } = {}) {
  element("photo-error").textContent = "";
  page.ariaBusy = "true";
  try {
    photo = await coming;
    await show(photo);
  } catch (problem) {
    element("photo-error").textContent = problem.message;
    return;
  } finally {
    page.ariaBusy = "false";
  }
  if (remember) (keep(photo), history.replaceState({ kept: true }, "", address()));
  hits.now();
}

async function show(blob) {
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(blob);
  await image.decode();
  element("crop-stage").style.setProperty("--ratio", image.naturalWidth / image.naturalHeight);
  page.dataset.state = "ready";
}

function cropped() {
  element("whole").disabled = crop.isWhole;
  history.replaceState(history.state, "", address());
  hits.soon();
}

function applyFilters(where) {
  filters.update({ text: "", where });
  history.replaceState(history.state, "", address());
  hits.now();
}

/** What is asked, as an address; the photo itself is in it only when it is one of the catalogue. */
function address() {
  element("compared").textContent = `${space.value}, ${metric.value}`;
  const query = queryOf(filters.state);
  const own = new URLSearchParams(location.search).get("photo");
  if (own && !history.state?.kept) query.set("photo", own);
  if (!crop.isWhole) query.set("crop", crop);
  if (space.selectedIndex > 0) query.set("space", space.value);
  if (metric.value !== space.selectedOptions[0]?.dataset.metric) query.set("metric", metric.value);
  return `/search${query.size ? `?${query}` : ""}`;
}

function begin() {
  const query = new URLSearchParams(location.search);
  if (query.has("space")) choose(space, query.get("space"));
  metric.value = space.selectedOptions[0]?.dataset.metric ?? metric.value;
  if (query.has("metric")) choose(metric, query.get("metric"));
  crop.read(query.get("crop") ?? "");
  element("whole").disabled = crop.isWhole;
  history.replaceState(history.state, "", address());
  const own = query.get("photo");
  const before = history.state?.kept ? kept() : null;
  if (before) use(Promise.resolve(before), { remember: false });
  else if (own) use(fromAddress(`/photos/${encodeURIComponent(own)}.jpg`), { remember: false });
}

function choose(select, value) {
  if ([...select.options].some((option) => option.value === value)) select.value = value;
}

function take(given) {
  if (!given) return;
  crop.read("");
  use(given.file ? fromFile(given.file) : fromAddress(given.address));
}

for (const input of [element("file"), element("camera")]) {
  input.addEventListener("change", () => input.files.length && take({ file: input.files[0] }));
}
element("url-form").addEventListener("submit", (event) => {
  event.preventDefault();
  take({ address: element("url").value.trim() });
});
document.addEventListener("paste", (event) => {
  if (event.target.matches("input") && !event.clipboardData.files.length) return;
  event.preventDefault();
  take(photoIn(event.clipboardData));
});

const veil = element("veil");
document.addEventListener("dragover", (event) => (event.preventDefault(), (veil.hidden = false)));
document.addEventListener("dragleave", (event) => !event.relatedTarget && (veil.hidden = true));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  veil.hidden = true;
  take(photoIn(event.dataTransfer));
});

element("whole").addEventListener("click", () => crop.reset());
element("other").addEventListener("click", () => location.assign("/search"));
space.addEventListener("change", () => {
  metric.value = space.selectedOptions[0].dataset.metric;
  cropped();
});
metric.addEventListener("change", cropped);
begin();
