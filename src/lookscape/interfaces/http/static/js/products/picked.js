// What is selected: some products by id, or all that a filter finds, without their ids being fetched.
//
// A page that has a selection of its own (a lasso on the map) has two ways:
//   hand(ids, words)           opens /annotate with just these products, all selected; words says where they are from;
//   new LabelBar({ picked })   labels in place: give it a Picked and call picked.set(ids) whenever the lasso closes.

const HANDED = "handed";

export class Picked extends EventTarget {
  ids = new Set();
  /** {text, where} when all of a filter is selected, else null; `count` is then what it found. */
  filter = null;
  found = 0;

  get count() {
    return this.filter ? this.found : this.ids.size;
  }

  has(id) {
    return this.filter !== null || this.ids.has(id);
  }

  /** As the tools take it. */
  get params() {
    if (!this.filter) return { products: [...this.ids] };
    const { text, where } = this.filter;
    return text || where.length ? { text, where } : { everything: true };
  }

  set(ids) {
    this.ids = new Set(ids);
    this.filter = null;
    this.tell();
  }

  all(filter, found) {
    this.ids = new Set();
    [this.filter, this.found] = [filter, found];
    this.tell();
  }

  add(ids) {
    if (!this.filter) this.set([...this.ids, ...ids]);
  }

  toggle(id) {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.set(ids);
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Open the page that labels with these products. */
export function hand(ids, words) {
  sessionStorage.setItem(HANDED, JSON.stringify({ ids: [...ids], words }));
  location.assign("/annotate?handed=1");
}

/** What another page handed over, {ids, words}, or null. */
export function handed() {
  if (!new URLSearchParams(location.search).has("handed")) return null;
  return JSON.parse(sessionStorage.getItem(HANDED) ?? "null");
}
