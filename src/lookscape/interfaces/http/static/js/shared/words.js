// Numbers and names as people read them; pages/_words.py does the same on the server, and a test compares the two.

const TELLING = ["brand", "model", "article_type", "category", "silhouette", "colour", "base_colour", "material"];
const MAX_NOTES = 2;
const MEASURE = /^(#[0-9a-f]{3,8}|[-+]?\d+(\.\d+)?|[0-9a-f]{64} by \d+)$/i;
const NUMBER = new Intl.NumberFormat("en");

/** 5797 -> 5,797 */
export const number = (value) => NUMBER.format(value);

/** `1 product`, `5,797 products` */
export const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

/** 0.934 -> 93 % */
export const percent = (value) => `${Math.round(100 * value)}\u202f%`;

/** price_tier -> Price tier */
export function label(name) {
  const words = name.replace(/[_-]/g, " ").trim();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** The line under a product's name: the most telling values that the name does not hold already. */
export function caption(attributes, name) {
  const others = Object.keys(attributes).filter((key) => !TELLING.includes(key) && !MEASURE.test(attributes[key]));
  const order = [...TELLING.filter((key) => key in attributes), ...others.sort()];
  const values = order.map((key) => attributes[key]).filter((value) => !name.toLowerCase().includes(value.toLowerCase()));
  return [...new Set(values.slice(0, MAX_NOTES))].join(" · ");
}

/** Seconds in words: `8 s`, `3 min 20 s`, `1 h 5 min` */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
