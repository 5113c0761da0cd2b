// What a classifier says of a product: the likeliest values, where it looks, and what would change the answer.

import { call } from "../shared/api.js";
import { blank, productUrl } from "../shared/cells.js";
import { percent } from "../shared/words.js";

const SHOWN = 3;

/** Fill the section for the product; another classifier may be chosen. */
export function tell(section, product) {
  const teller = section.querySelector("#teller");
  const part = (name) => section.querySelector(name);
  let asked = 0;

  async function explain() {
    const mine = ++asked;
    part(".told-answer").ariaBusy = "true";
    part(".changed").hidden = true;
    part("#change").disabled = false;
    part(".form-error").textContent = "";
    part("#teller-page").href = `/classifiers?${new URLSearchParams({ name: teller.value })}`;
    try {
      const found = await call("predict/explain", { product, name: teller.value });
      if (mine !== asked) return;
      part(".guesses").replaceChildren(...found.guesses.slice(0, SHOWN).map(guess));
      show(part(".told-answer figure"), found.heat_url, `Evidence for ${found.value}: the brighter, the stronger`);
    } catch (problem) {
      part(".form-error").textContent = problem.message;
    }
    part(".told-answer").ariaBusy = "false";
  }

  async function change() {
    const mine = asked;
    part("#change").disabled = true;
    part(".form-error").textContent = "";
    try {
      const found = await call("predict/counterfactual", { product, name: teller.value });
      if (mine === asked) showChange(part, found);
    } catch (problem) {
      part(".form-error").textContent = problem.message;
      part("#change").disabled = false;
    }
  }

  teller.addEventListener("change", explain);
  part("#change").addEventListener("click", change);
  explain();
}

function guess({ value, chance }) {
  const item = blank("guess");
  item.querySelector(".place-name").textContent = value;
  item.querySelector(".place-at").textContent = percent(chance);
  Object.assign(item.querySelector("meter"), { value: chance, ariaLabel: `${value}: ${percent(chance)}` });
  return item;
}

function show(figure, url, words) {
  const image = figure.querySelector("img");
  figure.hidden = !url;
  if (url) Object.assign(image, { src: url, alt: words });
  figure.querySelector("figcaption").textContent = words;
}

function showChange(part, found) {
  const { value, runner_up: other, runner_up_chance: chance, covered, becomes, at_random: random } = found;
  const hangs = covered === null
    ? `Covering what it looks at does not change the answer, not even with four fifths of the photo covered.`
    : `With the ${percent(covered)} of the photo it looks at most covered, it predicts ${becomes}. Covering as much at random changes the answer in ${percent(random)} of tries.`;
  part(".changed-words").textContent = `Next most likely: ${other}, ${percent(chance)}. ${hangs}`;
  show(part(".changed figure"), found.picture_url, found.picture_url && `Covered like this, it predicts ${becomes}`);
  part(".near").replaceChildren(...near(`Trained as ${value}`, found.like_value), ...near(`Trained as ${other}`, found.like_runner_up));
  part(".changed").hidden = false;
}

function near(title, products) {
  if (!products.length) return [];
  const list = document.createElement("ul");
  list.append(...products.map(photo));
  return [Object.assign(document.createElement("h3"), { textContent: title }), list];
}

function photo({ product_id: id, photo_id: photoId }, place) {
  const link = Object.assign(document.createElement("a"), { href: productUrl(id), className: "tile" });
  link.append(Object.assign(new Image(160, 160), { src: `/photos/${photoId}/160.webp`, alt: `Product ${place + 1}`, loading: "lazy" }));
  const item = document.createElement("li");
  item.append(link);
  return item;
}
