// One job on the page: how far it is, how fast, how long it may take, and what came of it.

import { duration, label, number } from "../shared/words.js";

const MEMORY_S = 15; // speed is measured over the last so many seconds
const LONGEST = 120; // characters of a value that the line of results shows
const UNDER_WAY = new Set(["queued", "running"]);

export class JobCard {
  constructor(cancel) {
    this.element = document.getElementById("job").content.firstElementChild.cloneNode(true);
    this.samples = [];
    this.part(".cancel").addEventListener("click", () => cancel(this.job.id));
  }

  part(name) {
    return this.element.querySelector(name);
  }

  show(job) {
    this.job = job;
    const busy = UNDER_WAY.has(job.state);
    this.element.className = `job ${job.state}`;
    this.part(".job-name").textContent = label(job.tool.split("/").pop());
    this.part(".pill").textContent = job.state;
    this.part(".pill").className = `pill ${job.state}`;
    this.part(".job-asked").textContent = asked(job);
    this.part(".cancel").hidden = !busy;
    this.part("progress").hidden = job.state !== "running";
    this.showProgress(job);
    this.part(".job-stage").textContent = stage(job);
    this.part(".job-speed").textContent = job.state === "running" ? this.speed(job) : "";
    this.part(".job-result").replaceChildren(...summary(job));
    this.part(".job-time").textContent = times(job);
  }

  showProgress({ done, total }) {
    const bar = this.part("progress");
    if (total) (bar.max = total), (bar.value = done);
    else bar.removeAttribute("value");
  }

  speed(job) {
    const now = performance.now() / 1000;
    if (this.samples.at(-1)?.stage !== job.stage) this.samples = [];
    this.samples.push({ now, done: job.done, stage: job.stage });
    this.samples = this.samples.filter((sample) => now - sample.now <= MEMORY_S);
    const first = this.samples[0];
    const rate = (job.done - first.done) / (now - first.now);
    if (!(rate > 0)) return "";
    const left = job.total ? ` · about ${duration((job.total - job.done) / rate)} left` : "";
    return `${number(rate >= 10 ? Math.round(rate) : Number(rate.toFixed(1)))} per second${left}`;
  }
}

function asked({ params }) {
  return Object.values(JSON.parse(params)).filter((value) => typeof value === "string" && value).join(" · ");
}

function stage({ state, stage: words, done, total, message }) {
  if (state === "failed" || state === "cancelled") return message || "Stopped. What was finished is kept.";
  if (state === "queued") return "Waiting for its turn";
  if (state === "done") return "";
  return label(words) + (total ? `: ${number(done)} of ${number(total)}` : "");
}

function summary({ result }) {
  const shown = Object.entries(result ? JSON.parse(result) : {}).filter(([, value]) => isShort(value));
  return shown.map(([name, value]) => {
    const item = document.createElement("span");
    const told = Array.isArray(value) ? value.length : value;
    const figure = Object.assign(document.createElement("b"), { textContent: typeof told === "number" ? number(told) : String(told) });
    if (typeof told === "number") item.append(figure, ` ${label(name).toLowerCase()}`);
    else item.append(`${label(name).toLowerCase()} `, figure);
    return item;
  });
}

/** What fits a line: no texts, no records. */
const isShort = (value) => Array.isArray(value) || (typeof value === "string" ? value.length <= LONGEST : typeof value !== "object" || value === null);

function times({ id, started_at: started, finished_at: finished }) {
  const took = started && finished ? ` · took ${duration((new Date(finished) - new Date(started)) / 1000)}` : "";
  const ended = finished ? ` · ended ${new Date(finished).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit" })}` : "";
  return `Job ${id}${took}${ended}`;
}
