// The bar that labels a selection: attribute, value, what it would change, Set, Add, Clear, the labels used last, undo.
//
// It stands in templates/_label_bar.html, which any page with a selection may include, and takes a Picked (picked.js):
//   const bar = new LabelBar({ picked, seen: 0, user: "", total: () => n, all: () => picked.all(...), changed: () => {} });
// changed(): called after every change, so that the page reads again what it shows; then call bar.saw(act).

import { call } from "../shared/api.js";
import { Conflicts } from "./conflicts.js";
import { History } from "./history.js";
import { toast } from "../shared/toast.js";
import { counted, label, number } from "../shared/words.js";

const SETTLE_MS = 180;
const RECENT = 9;
const SHOWN = 4;
const DONE = { set: "set to", add: "has more:", clear: "cleared" };
const element = (id) => document.getElementById(id);

export class LabelBar {
  constructor({ picked, seen, user, total, all, changed }) {
    Object.assign(this, { picked, seen, total, all, changed });
    [this.name, this.value] = [element("label-name"), element("label-value")];
    this.recent = JSON.parse(localStorage.getItem("labels") ?? "[]");
    this.waiting = 0;
    this.line = this.fresh = Promise.resolve();
    this.history = new History({ user, changed: () => this.reread(), inTurn: (run) => this.inTurn(run) });
    this.conflicts = new Conflicts();
    this.facets = new Map();
    picked.addEventListener("change", () => this.tell());
    for (const field of [this.name, this.value]) field.addEventListener("input", () => this.onInput());
    element("label-bar").addEventListener("submit", (event) => (event.preventDefault(), this.apply("set")));
    element("label-add").addEventListener("click", () => this.apply("add"));
    element("label-clear").addEventListener("click", () => this.apply("clear"));
    element("label-undo").addEventListener("click", () => this.history.back("undo"));
    element("pick-all").addEventListener("click", () => this.all());
    element("pick-none").addEventListener("click", () => picked.set([]));
    element("recent").addEventListener("click", (event) => this.use(event.target.closest("button")?.dataset.place));
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.drawRecent();
    this.suggest();
    this.tell();
  }

  /** The page has read everything up to this act. */
  saw(act) {
    this.seen = act;
  }

  // What is there, what would be

  async suggest() {
    const { facets } = await call("search/facets", { max_values: 100 }).catch(() => ({ facets: [] }));
    this.facets = new Map(facets.map((facet) => [facet.name, facet.values.map(({ value }) => value)]));
    options("label-names", [...this.facets.keys()]);
    this.onInput();
  }

  onInput() {
    const values = this.facets.get(this.name.value.trim()) ?? [];
    if (this.listed !== values) options("label-values", values);
    this.listed = values;
    this.tell();
  }

  tell() {
    const { count } = this.picked;
    element("picked").textContent = count ? `${number(count)} selected` : "Nothing selected";
    element("pick-all").textContent = `Select all ${number(this.total())}`;
    element("pick-none").hidden = count === 0;
    for (const id of ["label-set", "label-add"]) element(id).disabled = !count || !this.name.value.trim() || !this.value.value.trim();
    element("label-clear").disabled = !count || !this.name.value.trim();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), SETTLE_MS);
  }

  async ask() {
    const [name, value, line] = [this.name.value.trim(), this.value.value.trim(), element("shifts")];
    this.asking?.abort();
    if (!name || !this.picked.count) return void (line.textContent = "");
    this.asking = new AbortController();
    const params = { ...this.picked.params, name, dry_run: true };
    try {
      const told = await call(value ? "annotate/set" : "annotate/clear", value ? { ...params, value } : params, this.asking);
      line.replaceChildren(...shifts(told.counts, Boolean(value)));
    } catch (problem) {
      if (problem.name !== "AbortError") line.textContent = problem.message;
    }
  }

  // Doing it

  /** Do one thing to the selection; `how` is set, add or clear. */
  async apply(how, { name = this.name.value.trim(), value = this.value.value.trim() } = {}) {
    if (!this.picked.count || !name || (how !== "clear" && !value)) return;
    const wanted = { ...this.picked.params, name, by: this.history.person };
    if (value) wanted.value = value;
    await this.work(async () => {
      await this.fresh; // else our own last change, not read yet, would be taken for somebody else's
      const done = await call(`annotate/${how}`, { ...wanted, seen: this.seen });
      if (how === "set") this.remember(name, value);
      this.say(done, `${label(name)} ${DONE[how]}${value ? ` ${value}` : ""}`);
      if (done.num_conflicts) this.resolve(how, wanted, done);
      this.reread();
    });
  }

  say({ act, changed }, words) {
    if (!act) return void toast("Nothing to change: already set");
    toast(`${words} on ${counted(changed, "product")}`, { action: { label: "Undo", run: () => this.history.back("undo", act) } });
  }

  /** Show both values; whoever wants theirs overwritten says so, product by product or for all. */
  resolve(how, wanted, done) {
    const { everything, text, where, products, ...rest } = wanted;
    const again = (chosen) => this.work(async () => {
      const { latest } = await call("annotate/history", { limit: 1 });
      await call(`annotate/${how}`, { ...(chosen ? { ...rest, products: chosen } : wanted), seen: latest });
      this.reread();
    });
    this.conflicts.show(done, again);
  }

  /** Whether anything pressed is not done yet. */
  get busy() {
    return this.waiting > 0;
  }

  /** Hands are faster than the server: what is pressed meanwhile waits for its turn, and nothing pressed is lost. */
  inTurn(run) {
    this.waiting += 1;
    const done = this.line.then(run).finally(() => (this.waiting -= 1));
    this.line = done.catch(() => {});
    return done;
  }

  work(run) {
    return this.inTurn(async () => {
      element("label-error").textContent = "";
      await run();
    })
      .catch((problem) => void (element("label-error").textContent = problem.message))
      .finally(() => this.tell());
  }

  /** Have the page read again what was changed, one change after another; to take something back needs no waiting for it. */
  reread() {
    this.waiting += 1;
    this.fresh = this.fresh
      .then(() => this.changed())
      .then(() => void this.suggest())
      .catch((problem) => void (element("label-error").textContent = problem.message))
      .finally(() => (this.waiting -= 1));
  }

  // Labels used last

  remember(name, value) {
    const others = this.recent.filter((one) => one.name !== name || one.value !== value);
    const known = others.length < this.recent.length;
    if (!known) this.recent = [{ name, value }, ...others].slice(0, RECENT); // a known one keeps its key
    localStorage.setItem("labels", JSON.stringify(this.recent));
    this.drawRecent();
  }

  drawRecent() {
    element("recent").replaceChildren(
      ...this.recent.map(({ name, value }, place) => {
        const button = Object.assign(document.createElement("button"), { type: "button", title: `${name}: ${value}` });
        button.dataset.place = place;
        button.append(Object.assign(document.createElement("kbd"), { textContent: place + 1 }), `${label(name)}: ${value}`);
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
  }

  use(place) {
    const one = this.recent[place];
    if (!one) return;
    [this.name.value, this.value.value] = [one.name, one.value];
    this.onInput();
    this.apply("set", one);
  }

  onKey(event) {
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input, select, textarea");
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (typing) return void (event.key === "Escape" && typing.blur());
    if (command && key === "z") (event.preventDefault(), this.history.back(event.shiftKey ? "redo" : "undo"));
    else if (command && key === "y") (event.preventDefault(), this.history.back("redo"));
    else if (command && key === "a") (event.preventDefault(), this.all());
    else if (command || event.altKey) return;
    else if (key === "u") this.history.back(event.shiftKey ? "redo" : "undo");
    else if (key === "n") (event.preventDefault(), this.name.focus());
    else if (key === "v") (event.preventDefault(), this.value.focus());
    else if (key === "h") this.history.open();
    else if (key === "escape") this.picked.set([]);
    else if (key === "enter" && !event.target.closest("button")) (event.preventDefault(), this.apply("set"));
    else if (/^[1-9]$/.test(key)) this.use(Number(key) - 1);
  }
}

function options(id, values) {
  element(id).replaceChildren(...values.map((value) => Object.assign(document.createElement("option"), { value })));
}

function shifts(counts, sets) {
  const moving = counts.filter(({ before, after }) => before !== after);
  if (!moving.length) return [sets ? "Already so" : `Now: ${counts.map(({ value, before }) => `${value ?? "none"} ${number(before)}`).slice(0, SHOWN).join(" · ")}`];
  const order = [...moving.filter(({ after }) => after), ...moving.filter(({ after }) => !after)];
  const told = order.slice(0, SHOWN).flatMap(({ value, before, after }) => [Object.assign(document.createElement("b"), { textContent: value ?? "no value" }), ` ${number(before)} → ${number(after)} · `]);
  told[told.length - 1] = told.at(-1).slice(0, -3) + (order.length > SHOWN ? ` · ${order.length - SHOWN} more` : "");
  return told;
}
