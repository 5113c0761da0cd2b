// The closest real products, kept in step with what is moved: cells of products that stay are used again, and new ones
// come in with their photos ready, so that nothing blinks. Small photos come with the answer; large ones are asked for
// once nothing moves any more.

import { blank, productUrl } from "../shared/cells.js";
import { ready } from "./frame.js";
import { percent } from "../shared/words.js";

const SIDES = [160, 320, 640];
const WIDTH = 140; // CSS pixels of a cell before the first one is there
const SETTLED_MS = 350;

export class Matches {
  /** list: holds the waiting cells that came with the page. add(match): puts a product on the shelf. */
  constructor(list, { add }) {
    Object.assign(this, { list, add, cells: new Map(), turn: 0 });
    new ResizeObserver(([{ target }]) => (this.width = target.firstElementChild?.offsetWidth)).observe(list);
  }

  /** Photos that are on the screen. */
  get photos() {
    return [...this.cells.values()].map(({ dataset }) => dataset.photo);
  }

  /** Show the matches of a tool, `photos` with them; a later call wins. Resolves once all photos are in their places. */
  async show(matches, photos) {
    const turn = (this.turn += 1);
    clearTimeout(this.timer);
    const cells = await Promise.all(matches.map((match) => this.kept(match) ?? this.make(match, photos[match.photo_id])));
    if (turn !== this.turn) return;
    cells.forEach((cell, place) => rate(cell.querySelector(".match"), matches[place]));
    this.cells = new Map(cells.map((cell, place) => [matches[place].product_id, cell]));
    const same = cells.length === this.list.children.length && cells.every((cell, place) => cell === this.list.children[place]);
    if (!same) this.list.replaceChildren(...cells);
    this.timer = setTimeout(() => this.refine(turn), SETTLED_MS);
  }

  /** The cell that shows this very photo already. */
  kept({ product_id: id, photo_id: photo }) {
    const cell = this.cells.get(id);
    return cell?.dataset.photo === photo ? cell : undefined;
  }

  async make(match, data) {
    const { product_id: id, photo_id: photo, name } = match;
    const cell = blank("match");
    cell.dataset.photo = photo;
    put(cell, await ready(data ?? this.large(photo), { alt: name }));
    cell.querySelector("a").href = productUrl(id);
    cell.querySelector(".name").textContent = name;
    const add = cell.querySelector(".match-add");
    add.ariaLabel = add.title = `Put ${name} on the shelf`;
    add.addEventListener("click", () => this.add(match));
    return cell;
  }

  /** Photos as sharp as the screen, in place of the small ones. */
  async refine(turn) {
    for (const cell of this.cells.values()) {
      if (cell.dataset.sharp) continue;
      const image = await ready(this.large(cell.dataset.photo), { alt: cell.querySelector("img")?.alt });
      if (image) put(cell, image);
      cell.dataset.sharp = image ? "yes" : "";
      if (turn !== this.turn) return;
    }
  }

  large(photo) {
    const width = devicePixelRatio * (this.width || WIDTH);
    return `/photos/${photo}/${SIDES.find((pixels) => pixels >= width) ?? SIDES.at(-1)}.webp`;
  }
}

/** How alike a match is, in words. */
export function rate(place, { likeness, score }) {
  place.textContent = likeness;
  place.title = `${percent(score)} match; an altered copy of the same photo comes close to 100\u202f%`;
}

function put(cell, image) {
  const tile = cell.querySelector(".tile");
  tile.classList.toggle("broken", !image);
  tile.replaceChildren(...(image ? [image] : []));
}
