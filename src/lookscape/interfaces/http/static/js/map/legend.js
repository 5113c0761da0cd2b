// The legend: what a colour means and how many photos have it. A value that is chosen stands alone; others go dim.

import { css, ofLegend, scale } from "./colour.js";
import { label, number } from "../shared/words.js";

const LISTED = 40;
const HOUR = 3_600_000; // a year in 32 bits is off by half an hour at most
const quantity = (value) => (Math.abs(value) >= 100 ? number(Math.round(value)) : String(Number(value.toPrecision(3))));

/** 2024.5, a date as a year, as 2024-07-02. */
function day(value) {
  const year = Math.floor(value);
  const [start, end] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
  return new Date(start + (value - year) * (end - start) + HOUR).toISOString().slice(0, 10);
}

const figure = (value, { holds }) => (holds === "date" ? day(value) : quantity(value));
const hint = (textContent) => Object.assign(document.createElement("p"), { className: "hint", textContent });

export class Legend {
  /** changed(): other values are chosen; `only` holds their codes, none when all are shown. */
  constructor(box, { changed }) {
    Object.assign(this, { box, changed, only: new Set() });
    box.addEventListener("click", (event) => this.onClick(event.target.closest("button")));
  }

  show(column) {
    this.column = column;
    this.only.clear();
    this.box.hidden = !column;
    if (!column) return;
    this.box.replaceChildren(...(column.kind === "codes" ? this.entries(column) : this.range(column)));
    if (column.several) this.box.append(hint(`${number(column.several)} photos of products with several values have the colour of the first`));
  }

  entries({ legend }) {
    const colours = ofLegend(legend);
    const listed = legend.slice(0, LISTED).map(({ code, value, count }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", ariaPressed: "false" });
      button.dataset.code = code;
      const mark = Object.assign(document.createElement("i"), { ariaHidden: "true" });
      mark.style.background = css(colours[code]);
      const words = Object.assign(document.createElement("span"), { textContent: value || (code === 0 ? "unknown" : "all others") });
      const tally = Object.assign(document.createElement("span"), { className: "tally", textContent: number(count) });
      button.append(mark, words, tally);
      return button;
    });
    if (legend.length > LISTED) listed.push(hint(`and ${legend.length - LISTED} more`));
    return listed;
  }

  range(column) {
    const { low, high } = column;
    const bar = Object.assign(document.createElement("div"), { className: "map-scale" });
    bar.style.background = scale;
    const ends = Object.assign(document.createElement("p"), { className: "map-ends" });
    ends.append(...[low, high].map((value) => Object.assign(document.createElement("span"), { textContent: figure(value, column) })));
    return [bar, ends];
  }

  onClick(button) {
    if (!button) return;
    const code = Number(button.dataset.code);
    if (!this.only.delete(code)) this.only.add(code);
    button.ariaPressed = String(this.only.has(code));
    this.changed();
  }

  /** Does the legend let a point through? */
  passes(point) {
    return !this.only.size || this.only.has(this.column.values[point]);
  }

  /** A point's value in words; empty without a column. */
  words(point) {
    const { column } = this;
    if (!column) return "";
    const value = column.values[point];
    const title = label(column.name.slice(column.name.indexOf(":") + 1));
    if (column.kind === "numbers") return Number.isNaN(value) ? `${title} unknown` : `${title} ${figure(value, column)}`;
    const entry = column.legend.find(({ code }) => code === value);
    return `${title}: ${entry?.value || (value === 0 ? "unknown" : "another")}`;
  }
}
