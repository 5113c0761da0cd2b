// Cells of a grid: one template for a product, one for a hit of a search.

import { caption, number, percent } from "./words.js";

const SIDES = [96, 160, 320, 640];

/** A new cell from a template of the page. */
export const blank = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** Three decimals for small distances, one for large ones; Hamming distances are whole. */
const figure = (distance) => (distance < 10 ? distance.toFixed(Number.isInteger(distance) ? 0 : 3) : number(Number(distance.toFixed(1))));

/** A path's . and .. mean folders to every browser: products called so get a semicolon. */
export const productUrl = (id) => `/products/${encodeURIComponent(id.replace(/^\.{1,2};*$/, "$&;"))}`;

/** Put a product into a cell; `width` is that of the cell in CSS pixels. */
export function fill(cell, { photo_id, name, attributes }, { href, width }) {
  cell.classList.remove("waiting");
  cell.querySelector("a").href = href;
  const image = cell.querySelector("img");
  image.sizes = `${Math.ceil(width)}px`;
  image.srcset = SIDES.map((side) => `/photos/${photo_id}/${side}.webp ${side}w`).join(", ");
  image.src = `/photos/${photo_id}/320.webp`;
  image.alt = name;
  cell.querySelector(".name").textContent = name;
  cell.querySelector(".note").textContent = caption(attributes, name);
  return cell;
}

/** Put a hit's score and distance into its cell. */
export function rate(cell, { score, distance }, metric) {
  cell.querySelector(".bar span").style.transform = `scaleX(${Math.max(0.01, score)})`;
  cell.querySelector(".score").textContent = `${percent(score)} match`;
  cell.querySelector(".distance").textContent = `${figure(distance)} ${metric} distance`;
  return cell;
}
