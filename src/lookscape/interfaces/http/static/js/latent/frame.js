// Pictures that change without a blink: the new one takes the place of the old when it is ready to be painted.

/** An image of this address, decoded; null when it cannot be had. */
export async function ready(src, { alt = "", className = "photo" } = {}) {
  const image = Object.assign(new Image(), { src, alt, className, draggable: false });
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  }
}

const SETTLED_MS = 350;
const FINE_PX = 512;

export class Frame {
  /** element: a figure with a tile in it. */
  constructor(element) {
    this.tile = element.querySelector(".tile");
    this.words = element.querySelector("figcaption span");
    this.src = this.tile.querySelector("img")?.getAttribute("src");
    this.turn = 0;
  }

  /**
   * Show the image at an address; a later call wins whenever it ends. Resolves once it is in its place. A decoded image
   * comes at the model's own size, which is quick, and is asked for enlarged well once nothing moves any more. `data` is
   * the image itself where it came with an answer.
   */
  async show(src, { alt = "", note, data = src } = {}) {
    const turn = (this.turn += 1);
    clearTimeout(this.timer);
    if (note !== undefined && this.words) this.words.textContent = note;
    if (this.src !== src) {
      const image = await ready(data, { alt });
      if (turn !== this.turn) return;
      this.src = src;
      this.put(image);
    }
    if (src.startsWith("/decoded/")) this.timer = setTimeout(() => this.refine(turn, alt), SETTLED_MS);
  }

  async refine(turn, alt) {
    const image = await ready(`${this.src}?side=${FINE_PX}`, { alt });
    if (image && turn === this.turn) this.put(image);
  }

  put(image) {
    this.tile.classList.toggle("broken", !image);
    this.tile.replaceChildren(...(image ? [image] : []));
  }

  clear() {
    this.turn += 1;
    clearTimeout(this.timer);
    this.src = undefined;
    this.tile.replaceChildren();
    if (this.words) this.words.textContent = "";
  }
}
