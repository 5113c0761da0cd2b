// Colours of points: a palette for categories, a scale for numbers; both are readable on light paper and on dark.

const PALETTE = ["#3d7fd9", "#e0662f", "#2f9e68", "#c64a8d", "#b08a1e", "#7a62d6", "#1fa3b5", "#d04545", "#7f9c2d", "#a5673f", "#5a86b8", "#d98bb4", "#4f7d5c", "#9a7fc9", "#c7a04b", "#6b8e9e"];
const SCALE = ["#3f5fd0", "#2390b8", "#27a76b", "#d6a51f", "#e2722c", "#c8321f"];
// Colours that have a name are shown as themselves, but so that white is seen on light paper and black on dark.
const NAMED = { black: "#55545c", white: "#c4c0b6", grey: "#8f8c88", gray: "#8f8c88", silver: "#a9adb3", charcoal: "#62646a", red: "#d03a34", burgundy: "#8c2f45", maroon: "#8c2f45", pink: "#e58bb0", purple: "#8358c4", lavender: "#a593d6", blue: "#3f7fe0", navy: "#3a4c94", teal: "#1b8f8c", turquoise: "#2cb8b8", green: "#3b9a4c", olive: "#858b33", yellow: "#e2c230", gold: "#c49a2b", orange: "#ea7f2c", brown: "#8a5a36", tan: "#bf9360", beige: "#cdb48a", cream: "#d6c9a4" };
const NAMED_FROM = 0.7; // share of a legend's photos that has to have such a name
const UNKNOWN = "#8d8880";
const OTHERS = "#b0a99d";
const GOLDEN = 137.508; // degrees between hues beyond the palette

const rgb = (hex) => [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));

/** The colour of a code: 0 is unknown, 255 all that have no code of their own. */
function ofCode(code) {
  if (code === 0) return rgb(UNKNOWN);
  if (code === 255) return rgb(OTHERS);
  return code <= PALETTE.length ? rgb(PALETTE[code - 1]) : ofHue((code * GOLDEN) % 360);
}

/** The colours of a legend's codes, by code. */
export function ofLegend(legend) {
  const known = legend.filter(({ code }) => code > 0 && code < 255);
  const name = ({ value }) => NAMED[value.toLowerCase()];
  const sum = (entries) => entries.reduce((total, { count }) => total + count, 0);
  const isNamed = sum(known.filter(name)) >= NAMED_FROM * sum(known) && known.length > 1;
  const colours = Array.from({ length: 256 }, (_, code) => ofCode(code));
  if (isNamed) for (const entry of known) if (name(entry)) colours[entry.code] = rgb(name(entry));
  return colours;
}

/** The colour of a share from 0 to 1; NaN is unknown. */
function ofShare(share) {
  if (Number.isNaN(share)) return rgb(UNKNOWN);
  const place = Math.max(0, Math.min(1, share)) * (SCALE.length - 1);
  const [from, to] = [rgb(SCALE[Math.floor(place)]), rgb(SCALE[Math.ceil(place)])];
  return from.map((value, channel) => Math.round(value + (to[channel] - value) * (place % 1)));
}

export const css = (colour) => `rgb(${colour.join(" ")})`;
export const scale = `linear-gradient(90deg, ${SCALE.join(", ")})`;

/** Write a column's colours into looks (red, green, blue, state of each point); without a column all are alike. */
export function paint(looks, column) {
  const shares = () => Array.from({ length: 256 }, (_, code) => ofShare(code / 255));
  const table = packed(column?.kind === "codes" ? ofLegend(column.legend) : shares());
  const [unknown] = packed([ofShare(NaN)]);
  const all = new Uint32Array(looks.buffer);
  const { kind, values, low = 0, high = 0 } = column ?? {};
  const steps = 255 / (high - low || 1);
  for (let point = 0; point < all.length; point += 1) {
    let colour = table[0];
    if (kind === "codes") colour = table[values[point]];
    else if (kind) colour = Number.isNaN(values[point]) ? unknown : table[Math.max(0, Math.min(255, Math.round(steps * (values[point] - low))))];
    all[point] = (all[point] & 0xff000000) | colour;
  }
}

/** Colours as they lie in memory, without the fourth byte. */
function packed(colours) {
  return Uint32Array.from(colours, ([red, green, blue]) => red | (green << 8) | (blue << 16));
}

function ofHue(hue) {
  const part = (shift) => {
    const at = (shift + hue / 30) % 12;
    return Math.round(255 * (0.52 - 0.25 * Math.max(-1, Math.min(at - 3, 9 - at, 1))));
  };
  return [part(0), part(8), part(4)];
}
