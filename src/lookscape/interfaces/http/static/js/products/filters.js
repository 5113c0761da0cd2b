// The filters beside a list: they are drawn by the server, which also counts; here they are watched, folded and found.

import { ask } from "../shared/api.js";
import { label } from "../shared/words.js";

/** `text=...&where=...` without what is empty. */
export function queryOf({ text = "", where = [] }) {
  const query = new URLSearchParams();
  if (text) query.set("text", text);
  for (const clause of where) query.append("where", clause);
  return query;
}

export class Filters {
  /** changed(where): called when a choice is made or a chip taken away. */
  constructor({ changed }) {
    this.changed = changed;
    this.panel = document.getElementById("filters");
    this.groups = document.getElementById("groups");
    this.chips = document.getElementById("chips");
    this.opener = document.getElementById("open-filters");
    this.unfolded = "";
    this.state = { text: "", where: this.chosen() };
    this.groups.addEventListener("change", (event) => event.target.name === "where" && this.changed(this.chosen()));
    this.groups.addEventListener("focusin", (event) => this.unfold(event.target));
    this.groups.addEventListener("input", (event) => event.target.matches(".find") && narrow(event.target));
    this.chips.addEventListener("click", (event) => this.onChip(event));
    this.watchSheet();
    this.drawChips(this.state.where);
  }

  chosen() {
    return [...this.groups.querySelectorAll("input:checked")].map((input) => input.value);
  }

  /** Count again under another choice. */
  async update(state) {
    this.state = state;
    this.drawChips(state.where);
    this.request?.abort();
    this.request = new AbortController();
    const query = queryOf(state);
    if (this.unfolded) query.set("unfold", this.unfolded);
    try {
      const response = await ask(`/filters?${query}`, { signal: this.request.signal });
      this.swap(await response.text());
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    }
  }

  /** Put counted groups in the place of the old ones; what is open, found and focused stays so. */
  swap(html) {
    const before = new Map([...this.groups.querySelectorAll(".group")].map((group) => [group.dataset.name, remember(group)]));
    const focused = document.activeElement;
    const [value, find] = [focused?.value, focused?.dataset?.unfold];
    const hadFocus = this.groups.contains(focused);
    this.groups.innerHTML = html;
    for (const group of this.groups.querySelectorAll(".group")) restore(group, before.get(group.dataset.name));
    if (!hadFocus) return;
    const inputs = [...this.groups.querySelectorAll("input")];
    inputs.find((input) => (find ? input.dataset.unfold === find : input.value === value))?.focus({ preventScroll: true });
  }

  unfold(field) {
    if (!field.matches(".find") || field.dataset.listed === "all" || this.unfolded === field.dataset.unfold) return;
    this.unfolded = field.dataset.unfold;
    this.update(this.state);
  }

  drawChips(where) {
    this.chips.replaceChildren(...where.map(chip));
    const badge = document.getElementById("num-filters");
    badge.hidden = where.length === 0;
    badge.textContent = where.length;
  }

  onChip(event) {
    const link = event.target.closest("[data-clause]");
    if (!link) return;
    event.preventDefault();
    this.changed(this.state.where.filter((clause) => clause !== link.dataset.clause));
  }

  // On a phone the panel is a sheet.

  watchSheet() {
    this.opener.addEventListener("click", () => this.toggle(true));
    this.panel.addEventListener("click", (event) => event.target.closest("[data-close-filters]") && this.toggle(false));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
    document.addEventListener("pointerdown", (event) => {
      if (!this.panel.contains(event.target) && !this.opener.contains(event.target)) this.toggle(false);
    });
    this.panel.addEventListener("focusout", (event) => {
      if ("open" in this.panel.dataset && event.relatedTarget && !this.panel.contains(event.relatedTarget)) this.panel.querySelector("button").focus();
    });
  }

  toggle(open) {
    if (open === "open" in this.panel.dataset) return;
    this.panel.toggleAttribute("data-open", open);
    this.opener.ariaExpanded = String(open);
    document.documentElement.style.overflow = open ? "hidden" : "";
    (open ? this.panel.querySelector("button") : this.opener).focus({ preventScroll: true });
  }
}

function chip(clause) {
  const item = document.getElementById("chip").content.firstElementChild.cloneNode(true);
  const [name, ...value] = clause.split("=");
  const link = item.querySelector("a");
  link.href = "/";
  link.dataset.clause = clause;
  link.ariaLabel = `Take away ${label(name)}: ${value.join("=")}`;
  item.querySelector("span").textContent = `${label(name)}: ${value.join("=")}`;
  return item;
}

const remember = (group) => ({ open: group.open, find: group.querySelector(".find")?.value ?? "", top: group.querySelector("ul").scrollTop });

function restore(group, before) {
  if (!before) return;
  group.open = before.open;
  const field = group.querySelector(".find");
  if (field && before.find) (field.value = before.find, narrow(field));
  group.querySelector("ul").scrollTop = before.top;
}

/** Show only the values that hold the words. */
function narrow(field) {
  const words = field.value.trim().toLowerCase();
  for (const item of field.parentElement.querySelectorAll("li")) {
    item.hidden = !item.querySelector(".value").textContent.toLowerCase().includes(words);
  }
}
