// The closest real products, kept in step with what is moved: cells of products that stay are used again, and new ones
// come in with their photos ready, so that nothing blinks.

import { blank, productUrl } from "./cells.js";
import { ready } from "./latent-frame.js";

const SIDES = [160, 320, 640];
const WIDTH = 140; // CSS pixels of a cell before the first one is there

export class Matches {
  /** list: holds the waiting cells that came with the page. add(match): puts a product on the shelf. */
  constructor(list, { add }) {
    Object.assign(this, { list, add, cells: new Map(), turn: 0 });
  }

  /** Show the matches of a tool; a later call wins. Resolves once all photos are in their places. */
  async show(matches) {
    const turn = (this.turn += 1);
    const width = devicePixelRatio * (this.list.firstElementChild?.offsetWidth || WIDTH);
    const side = SIDES.find((pixels) => pixels >= width) ?? SIDES.at(-1);
    const cells = await Promise.all(matches.map((match) => this.cells.get(match.product_id) ?? this.make(match, side)));
    if (turn !== this.turn) return;
    cells.forEach((cell, place) => (cell.querySelector(".match").textContent = `${matches[place].distance.toFixed(1)} l2 distance`));
    this.cells = new Map(cells.map((cell, place) => [matches[place].product_id, cell]));
    const same = cells.length === this.list.children.length && cells.every((cell, place) => cell === this.list.children[place]);
    if (!same) this.list.replaceChildren(...cells);
  }

  async make(match, side) {
    const { product_id: id, photo_id: photo, name } = match;
    const cell = blank("match");
    const image = await ready(`/photos/${photo}/${side}.webp`, { alt: name });
    const tile = cell.querySelector(".tile");
    tile.classList.toggle("broken", !image);
    tile.replaceChildren(...(image ? [image] : []));
    cell.querySelector("a").href = productUrl(id);
    cell.querySelector(".name").textContent = name;
    const add = cell.querySelector(".match-add");
    add.ariaLabel = add.title = `Put ${name} on the shelf`;
    add.addEventListener("click", () => this.add(match));
    return cell;
  }
}
