// Curves over the steps of a training, as SVG of our own: one small chart for each measure.

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [400, 200];
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 12, 10, 24];
const SMOOTHED = 40; // a curve of more points is drawn faintly, with a running median over it
const WINDOW = 9;
const FULL = 0.98; // the axis holds this share of the values; a few wild ones at the start may leave it

/** Draw all charts into `place`; those that are there are drawn anew where they stand. */
export function drawCharts(place, charts, { steps }) {
  for (const chart of charts) {
    let figure = place.querySelector(`[data-chart="${CSS.escape(chart.name)}"]`);
    if (!figure) {
      figure = document.getElementById("chart").content.firstElementChild.cloneNode(true);
      figure.dataset.chart = chart.name;
      figure.querySelector("h3").textContent = chart.title;
      figure.querySelector(".unit").textContent = chart.unit;
      figure.querySelector(".hint").textContent = chart.help;
      figure.querySelector(".plot").addEventListener("pointermove", (event) => point(figure, event.clientX));
      figure.querySelector(".plot").addEventListener("pointerleave", () => point(figure, null));
      place.append(figure);
    }
    figure.chart = { ...chart, steps };
    figure.querySelector(".plot").replaceChildren(plot(figure.chart));
    point(figure, null);
  }
}

function plot(chart) {
  const [low, high] = range(chart.series.flatMap(({ points }) => points.map(([, value]) => value)));
  const x = (step) => LEFT + (step / Math.max(1, chart.steps)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  Object.assign(chart, { x, y });
  const said = chart.series.map(({ name, points }) => `${name} ${brief(points.at(-1)[1])}`).join(", ");
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${chart.title}, now ${said} ${chart.unit}` });
  for (const value of ticks(low, high, 4)) {
    svg.append(make("line", { class: "grid-line", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
    svg.append(words(brief(value), { x: LEFT - 7, y: y(value) + 4, "text-anchor": "end" }));
  }
  for (const step of ticks(0, chart.steps, 4)) svg.append(words(brief(step), { x: x(step), y: HEIGHT - 6, "text-anchor": step ? "middle" : "start" }));
  chart.series.forEach(({ points }, place) => {
    if (points.length > SMOOTHED) svg.append(make("path", { class: `curve faint series-${place}`, d: path(points, x, y) }));
    const drawn = points.length > SMOOTHED ? smooth(points) : points;
    svg.append(make("path", { class: `curve series-${place}`, d: path(drawn, x, y) }));
    if (points.length < 2) svg.append(make("circle", { class: `dot series-${place}`, cx: x(points[0][0]), cy: y(points[0][1]), r: 3 }));
  });
  svg.append(make("line", { class: "cursor", x1: 0, x2: 0, y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden" }));
  return svg;
}

/** Say the values at a place, or the latest ones. */
function point(figure, clientX) {
  const { chart } = figure;
  const svg = figure.querySelector("svg");
  const cursor = svg.querySelector(".cursor");
  const box = svg.getBoundingClientRect();
  const step = clientX === null ? null : (((clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT) * chart.steps;
  const near = chart.series.map(({ points }) => (step === null ? points.at(-1) : closest(points, step)));
  cursor.setAttribute("visibility", step === null ? "hidden" : "visible");
  if (step !== null) for (const end of ["x1", "x2"]) cursor.setAttribute(end, chart.x(near[0][0]));
  const items = chart.series.map(({ name }, place) => {
    const item = Object.assign(document.createElement("li"), { className: `series-${place}` });
    const value = Object.assign(document.createElement("b"), { textContent: brief(near[place][1]) });
    item.append(chart.series.length > 1 ? `${name} ` : "", value, step === null ? "" : ` at ${brief(near[place][0])}`);
    return item;
  });
  figure.querySelector(".legend").replaceChildren(...items);
}

const closest = (points, step) => points.reduce((best, one) => (Math.abs(one[0] - step) < Math.abs(best[0] - step) ? one : best));

const path = (points, x, y) => points.map(([step, value], place) => `${place ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("");

function smooth(points) {
  const reach = (WINDOW - 1) / 2;
  return points.map(([step], place) => {
    const near = points.slice(Math.max(0, place - reach), place + reach + 1).map(([, value]) => value).sort((one, other) => one - other);
    return [step, near[Math.floor(near.length / 2)]];
  });
}

function range(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const wild = sorted.length > SMOOTHED;
  const low = sorted[0];
  const high = sorted[wild ? Math.floor(FULL * (sorted.length - 1)) : sorted.length - 1];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low >= 0 && low < room * 6 ? 0 : low - room, high + room];
}

function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9 * step; value += step) found.push(value);
  return found;
}

function brief(value) {
  const size = Math.abs(value);
  if (size >= 10000) return `${Number((value / 1000).toPrecision(3))}k`;
  if (size && size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(size >= 1000 ? 4 : 3)));
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const words = (text, attributes) => Object.assign(make("text", attributes), { textContent: text });
