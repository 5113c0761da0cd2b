// A name that is changed where it stands: click it, type, Enter keeps it, Escape leaves it as it was.

import { blank } from "../shared/cells.js";

export class Namer {
  /** factor: the element of one factor. save(name) -> the API's answer; saved(answer); failed(problem). */
  constructor(factor, { save, saved, failed }) {
    Object.assign(this, { factor, save, saved, failed });
    this.button = factor.querySelector(".factor-name");
    this.button.addEventListener("click", () => this.open());
  }

  open() {
    this.input = blank("naming");
    this.input.value = this.factor.dataset.name;
    this.button.hidden = true;
    this.button.after(this.input);
    this.input.select();
    this.input.focus();
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault(); // the button that gets the focus back must not be pressed by the same key
      if (event.key === "Enter") this.keep(this.input.value);
      else this.close();
    });
    this.input.addEventListener("blur", () => this.input && this.keep(this.input.value));
  }

  close() {
    const input = this.input;
    this.input = undefined;
    input?.remove();
    this.button.hidden = false;
    if (input) this.button.focus();
  }

  /** Keep a name, unless it is the one there was. */
  async keep(given) {
    const name = given.trim();
    if (!name || name === this.factor.dataset.name) return this.close();
    this.close();
    try {
      const answer = await this.save(name);
      this.show(answer);
      this.saved(answer);
    } catch (problem) {
      this.failed(problem);
    }
  }

  show({ factor: name, low_words: low, high_words: high }) {
    this.factor.dataset.name = name;
    this.button.querySelector("span").textContent = name;
    this.button.ariaLabel = `Rename ${name}`;
    const pill = Object.assign(document.createElement("span"), { className: "pill human", textContent: "named by you" });
    this.factor.querySelector(".naming").replaceChildren(pill);
    for (const [side, words] of Object.entries({ low, high })) if (words) this.factor.querySelector(`.${side} .end-word`).textContent = words;
  }
}
