// Review: findings are asked for in batches, shown one by one or as a grid, and decided; each decision is an act to undo.

import { call } from "../shared/api.js";
import { follow, resume } from "../jobs/follow.js";
import { Queue } from "./queue.js";
import { onSwipe } from "../shared/swipe.js";
import { toast } from "../shared/toast.js";
import { counted, number, percent } from "../shared/words.js";

const TYPING_MS = 180;
const element = (id) => document.getElementById(id);
const pressed = (group, name) => group?.querySelector('[aria-pressed="true"]')?.dataset[name] ?? "";
const own = (check) => Number(element("choices").querySelector(`[data-check="${check}"]`).dataset.from);

const queue = new Queue();
let place = 0; // of the finding that is shown
let least = null; // null: each check's own
let acts = []; // decisions of this visit, the last one last
let view = "one";
let timer;

const chosen = () => pressed(element("choices"), "check");
const state = () => pressed(element("states"), "state");
const tell = (problem) => toast(problem.message);

async function look({ keep = false } = {}) {
  const wanted = { check: chosen() ? [chosen()] : [], state: state() };
  if (state() === "open") wanted.least = least;
  await queue.open(wanted);
  if (!keep) place = 0;
  show();
}

function show() {
  place = Math.max(0, Math.min(place, queue.items.length - 1));
  const { total } = queue;
  element("found").textContent = state() === "open" ? `${counted(total, "finding")} to review` : counted(total, "finding");
  element("least-shown").textContent = least === null && !chosen() ? "As sure as each check asks" : `At least ${percent(shownLeast())} sure`;
  element("least").value = 100 * shownLeast();
  element("least").disabled = state() !== "open";
  element("bulk").hidden = !(chosen() && state() === "open" && total);
  element("accept-all").textContent = `Accept all ${number(total)}`;
  element("reject-all").textContent = `Reject all ${number(total)}`;
  element("one").hidden = view !== "one" || !total;
  element("grid").hidden = view !== "grid" || !total;
  element("empty").hidden = total > 0;
  element("undo").disabled = acts.length === 0;
  if (!total) showEmpty();
  else if (view === "one") showOne(queue.items[place]);
  else showGrid();
}

const shownLeast = () => least ?? (chosen() ? own(chosen()) : 0);

function showEmpty() {
  const open = state() === "open";
  element("empty-title").textContent = open ? "Nothing left to review" : "None";
  element("empty-says").textContent = open
    ? "What you accepted can be applied to the photos below. Less certain findings may wait further down."
    : `No finding was ${state()} here.`;
  element("lower").hidden = !open || shownLeast() === 0 && least !== null;
}

function showOne(item) {
  const { says, confidence, effect, fixes, removes, name } = item;
  for (const part of ["photo", "why"]) Object.assign(element(part), { src: url(item, part), alt: `${part === "why" ? "Why: " : ""}${says}` });
  const changes = fixes || removes;
  element("after").hidden = !changes;
  element("pictures").classList.toggle("only-why", !changes);
  element("fixed").closest(".tile").classList.toggle("aside-mark", removes);
  if (changes) Object.assign(element("fixed"), { src: url(item, fixes && !removes ? "fixed" : "photo"), alt: "Once accepted" });
  element("says").textContent = says;
  element("pill").textContent = item.state === "open" ? `${percent(confidence)} sure` : item.state;
  element("pill").className = `pill ${item.state}`;
  element("effect").textContent = `Accepting ${effect}.`;
  element("of").textContent = `${name ? `${name} · ` : ""}${number(place + 1)} of ${number(queue.total)}`;
  element("before").setAttribute("aria-disabled", String(place === 0));
  element("next").setAttribute("aria-disabled", String(place >= queue.total - 1));
  const following = queue.items[place + 1];
  if (following) for (const part of ["photo", "why", ...(following.fixes ? ["fixed"] : [])]) new Image().src = url(following, part);
  queue.fill(place).catch(tell);
}

const url = (item, part) => ({ photo: item.image_url, why: item.why_url, fixed: item.fixed_url })[part];

function showGrid() {
  const template = element("finding").content.firstElementChild;
  const cells = queue.items.map((item, at) => {
    const cell = template.cloneNode(true);
    Object.assign(cell.querySelector("img"), { src: item.why_url, alt: item.says });
    cell.querySelector(".name").textContent = item.says;
    cell.querySelector(".note").textContent = `${percent(item.confidence)} sure${item.name ? ` · ${item.name}` : ""}`;
    cell.querySelector(".open").addEventListener("click", () => ((place = at), setView("one")));
    cell.querySelector(".open").addEventListener("focus", () => (place = at));
    cell.querySelector(".yes").addEventListener("click", () => decide("accept", item));
    cell.querySelector(".no").addEventListener("click", () => decide("reject", item));
    return cell;
  });
  element("grid").replaceChildren(...cells);
  if (document.activeElement === document.body) focusCell();
}

/** The grid goes on where it ends. */
async function showMore() {
  const { scrollHeight, scrollTop, clientHeight } = document.documentElement;
  const before = queue.items.length;
  if (view !== "grid" || scrollHeight - scrollTop - clientHeight > clientHeight) return;
  await queue.fill(before);
  if (queue.items.length > before) showGrid();
}

const focusCell = () => element("grid").children[place]?.querySelector(".open").focus({ preventScroll: false });

/** What is decided reaches the server in the order in which it was decided, however fast the keys are. */
let working = Promise.resolve();
const inOrder = (work) => (working = working.then(work, work));

function decide(decision, item = queue.items[place]) {
  if (!item) return;
  const at = queue.items.indexOf(item);
  const change = item.state !== "open";
  queue.take(item);
  place = Math.min(at, queue.items.length - 1);
  show();
  if (view === "grid") focusCell();
  element("undo").disabled = false;
  return inOrder(() => send(decision, item, { at, change }));
}

async function send(decision, item, { at, change }) {
  try {
    const done = await call("clean/decide", { decision, findings: [item.id], change });
    note(done);
    acts.push({ act: done.act, items: [item], at });
  } catch (problem) {
    tell(problem);
    await look({ keep: true });
  }
  element("undo").disabled = acts.length === 0;
  if (!queue.items.length && queue.total) await look({ keep: true });
}

const decideAll = (decision) => inOrder(() => sendAll(decision));

async function sendAll(decision) {
  const expect = queue.total;
  try {
    const done = await call("clean/decide", { decision, check: chosen(), least: shownLeast(), expect });
    if (done.act) acts.push({ act: done.act, items: [], at: 0 });
    note(done);
    toast(`${counted(done.decided, "finding")} ${decision}ed`, { action: { label: "Undo", run: undo } });
  } catch (problem) {
    tell(problem);
  }
  await look();
}

const undo = () => inOrder(takeBack);

async function takeBack() {
  const last = acts.pop();
  if (!last) return;
  try {
    const done = await call("clean/undo", { act: last.act });
    element("aside").textContent = counted(done.aside, "photo");
    toast(`${counted(done.count, "finding")} as before`);
  } catch (problem) {
    tell(problem);
  }
  await look({ keep: true });
  const back = queue.items.findIndex(({ id }) => id === last.items[0]?.id);
  if (back >= 0) ((place = back), show());
  recount();
}

function note({ aside }) {
  element("aside").textContent = counted(aside, "photo");
  recount();
}

let counting;
function recount() {
  clearTimeout(counting);
  counting = setTimeout(async () => {
    const { checks, open } = await call("clean/queue", {});
    const counts = new Map([["", open], ...checks.map((check) => [check.name, check.open])]);
    for (const choice of element("choices").children) choice.querySelector(".tally").textContent = number(counts.get(choice.dataset.check) ?? 0);
    element("accepted").textContent = counted(checks.reduce((sum, { accepted }) => sum + accepted, 0), "finding");
  }, TYPING_MS);
}

async function move(step) {
  const at = place + step;
  if (at < 0 || at >= queue.total) return;
  await queue.fill(at);
  place = at;
  if (view === "one") show();
  else focusCell();
}

function setView(name) {
  view = name;
  for (const button of element("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  show();
}

function press(group, button) {
  for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
}

// What starts jobs: they are followed here, and the page is loaded again when they are done.

async function start(tool, values = {}) {
  element("problem").textContent = "";
  try {
    await watch(await call(tool, values));
  } catch (problem) {
    element("problem").textContent = problem.message;
  }
}

async function watch(job) {
  const over = follow(job);
  element("jobs").scrollIntoView({ block: "nearest" });
  const { state: how, tool } = await over;
  if (how !== "done") return;
  if (tool === "clean/check") location.reload();
  else toast("The photos are standardised", { action: { label: "See the catalogue", run: () => location.assign("/") } });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  const does = { a: () => decide("accept"), r: () => decide("reject"), u: undo, ArrowRight: () => move(1), ArrowLeft: () => move(-1) }[event.key];
  if (!does) return;
  event.preventDefault();
  Promise.resolve(does()).catch(tell);
}

element("check")?.addEventListener("click", () => start("clean/check"));
element("standardise")?.addEventListener("click", () => start("clean/standardise"));
if (element("choices")) {
  element("choices").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-check]");
    if (button) (press(element("choices"), button), (least = null), look().catch(tell));
  });
  element("states").addEventListener("click", ({ target }) => target.dataset.state && (press(element("states"), target), look().catch(tell)));
  element("views").addEventListener("click", ({ target }) => target.dataset.view && setView(target.dataset.view));
  element("least").addEventListener("input", ({ target }) => {
    least = target.value / 100;
    element("least-shown").textContent = `At least ${percent(least)} sure`;
    clearTimeout(timer);
    timer = setTimeout(() => look().catch(tell), TYPING_MS);
  });
  element("lower").addEventListener("click", () => ((least = Math.max(0, Math.floor(50 * shownLeast()) / 100)), look().catch(tell)));
  for (const decision of ["accept", "reject"]) {
    element(decision).addEventListener("click", () => decide(decision));
    element(`${decision}-all`).addEventListener("click", () => decideAll(decision));
  }
  element("undo").addEventListener("click", () => undo().catch(tell));
  element("before").addEventListener("click", () => move(-1));
  element("next").addEventListener("click", () => move(1));
  document.addEventListener("scrollend", () => showMore().catch(tell));
  onSwipe(element("one"), { right: () => decide("accept"), left: () => decide("reject") });
  document.addEventListener("keydown", onKey);
  look().catch(tell);
}
resume(["clean/check", "clean/standardise"], watch);
