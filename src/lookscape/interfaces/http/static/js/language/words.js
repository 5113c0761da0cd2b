// A product in words: what sets it apart, and where it stands on every named factor.

import { call } from "../shared/api.js";
import { blank } from "../shared/cells.js";

/** Fill a section of the page; it goes when there is nothing to say. */
export async function describe(section, product) {
  try {
    const { sentence, places } = await call("latent/describe", { product });
    section.hidden = !places.length;
    section.querySelector(".sentence").textContent = sentence;
    section.querySelector(".places").replaceChildren(...places.map(placed));
  } catch {
    section.hidden = true; // no latents of this product yet; the rest of the page says what to do
  }
  section.ariaBusy = "false";
}

function placed({ factor, percentile, ordered, word, low_words: low, high_words: high }) {
  const item = blank("place");
  const [from, to] = item.querySelectorAll(".place-ends span");
  item.querySelector(".place-name").textContent = factor;
  item.querySelector(".place-at").textContent = ordered ? `above ${Math.min(99, Math.round(percentile))}\u202f%` : word || "in between";
  item.querySelector(".place-track span").style.setProperty("left", `${percentile}%`);
  from.textContent = low;
  to.textContent = high;
  return item;
}
