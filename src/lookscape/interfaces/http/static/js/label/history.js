// The history drawer: who changed what, on how many products, each change with a button that takes it back.

import { call } from "../shared/api.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const PAGE = 40;
const element = (id) => document.getElementById(id);
const TIME = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

export class History {
  /** user: the name until a person types one. changed(): called after something was taken back. inTurn(run): run it after what was pressed before. */
  constructor({ user, changed, inTurn }) {
    Object.assign(this, { changed, inTurn });
    this.drawer = element("log");
    const field = element("person");
    field.value = localStorage.getItem("person") ?? user;
    field.addEventListener("change", () => localStorage.setItem("person", field.value.trim()));
    this.field = field;
    element("open-log").addEventListener("click", () => this.open());
    element("older").addEventListener("click", () => this.more());
    element("acts").addEventListener("click", (event) => this.onClick(event));
    this.drawer.addEventListener("click", (event) => (event.target === this.drawer || event.target.closest("[data-close]")) && this.drawer.close());
  }

  get person() {
    return this.field.value.trim();
  }

  async open() {
    element("acts").replaceChildren();
    if (!this.drawer.open) this.drawer.showModal();
    this.last = undefined;
    await this.more();
  }

  async more() {
    const { acts } = await call("annotate/history", { limit: PAGE, ...(this.last && { before: this.last }) });
    element("acts").append(...acts.map((act) => entry(act)));
    if (!acts.length && !this.last) element("acts").append(Object.assign(document.createElement("li"), { textContent: "Nothing was changed yet." }));
    this.last = acts.at(-1)?.id;
    element("older").hidden = acts.length < PAGE;
  }

  async onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    await this.back(button.dataset.how, Number(button.dataset.act));
    await this.open();
  }

  /** Undo or redo an act; without one, this person's last. */
  back(how, act) {
    return this.inTurn(async () => {
      const { acts } = await call(`annotate/${how}`, { by: this.person, ...(act && { act }) });
      const [{ words, count }] = acts;
      toast(`${how === "undo" ? "Undone" : "Done again"}: ${words}, ${counted(count, "product")}`);
      this.changed();
    }).catch((problem) => void toast(problem.message));
  }
}

function entry(act) {
  const item = document.createElement("li");
  const isBack = act.target !== null;
  item.classList.toggle("undone", !act.stands);
  item.append(Object.assign(document.createElement("strong"), { textContent: act.words }));
  const undone = act.undone_by ? ` · undone by ${act.undone_by}` : "";
  const line = `${act.by || "somebody"} · ${counted(act.count, "product")} · ${TIME.format(new Date(act.at))}${undone}`;
  item.append(Object.assign(document.createElement("small"), { textContent: line }));
  if (isBack) return item;
  const how = act.stands ? "undo" : "redo";
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: act.stands ? "Undo" : "Redo" });
  button.ariaLabel = `${button.textContent}: ${act.words}`;
  Object.assign(button.dataset, { how, act: act.id });
  item.append(button);
  return item;
}
