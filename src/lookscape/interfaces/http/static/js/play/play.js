// Dope or Nope: shows the first ballot, takes an answer by swipe, key, touch or click, and goes on at once.

import { followFinger } from "./drag.js";
import { Table } from "./table.js";
import { onSwipe } from "../shared/swipe.js";
import { toast } from "../shared/toast.js";
import { counted } from "../shared/words.js";

const LEAVING_MS = 150;
const WAYS = { yes: "right", no: "left", right: "right", left: "left", tie: "up", bad: "down" };
const SWIPE = { ArrowLeft: "no", ArrowRight: "yes" };
const DUEL = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "tie", ArrowDown: "bad" };
const element = (id) => document.getElementById(id);
const play = element("play");

if (play) begin();

function begin() {
  const card = element("card");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const single = "single" in play.dataset;
  let shown = null;
  let leaving = false;
  let told = "";

  const table = new Table(play.dataset.game, { team: play.dataset.team, changed: show, failed: tell });

  function tell(message) {
    if (message && message !== told) toast(message);
    told = message;
  }

  function show() {
    if (leaving) return;
    const ballot = table.ballots[0];
    element("score").textContent = counted(table.answered, "answer");
    element("undo").disabled = table.past.length === 0;
    element("back").hidden = table.past.length === 0;
    element("finished").hidden = Boolean(ballot) || table.unsent.length > 0;
    play.hidden = !ballot;
    if (table.player) element("my-taste").href = `/taste?player=${encodeURIComponent(table.player)}`;
    if (ballot && ballot.id !== shown) draw(ballot);
  }

  function draw(ballot) {
    shown = ballot.id;
    play.dataset.ballot = ballot.id;
    play.classList.toggle("duel", ballot.duel);
    element("second").hidden = !ballot.duel;
    element("ask").textContent = single ? "Do you like it?" : ballot.duel ? "Which is the better match?" : "Dope or Nope?";
    element("help").textContent = single ? "" : ballot.duel ? "Pick the match that fits the framed photo better." : "Does the match fit the framed photo?";
    for (const side of ["left", "right"]) element(`pick-${side}`).tabIndex = ballot.duel ? 0 : -1;
    const photos = ballot.duel ? [0, 1, 2] : [0, 1];
    for (const slot of photos) element(`photo-${slot}`).src = table.photo(ballot, slot);
    card.classList.add("coming");
    requestAnimationFrame(() => requestAnimationFrame(() => card.classList.remove("coming")));
  }

  async function answer(what) {
    const ballot = table.ballots[0];
    if (leaving || !ballot || !WAYS[what] || ballot.duel !== Object.values(DUEL).includes(what)) return;
    leaving = true;
    card.classList.add(`gone-${WAYS[what]}`);
    if (!still) await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
    card.classList.add("coming");
    card.classList.remove(`gone-${WAYS[what]}`);
    leaving = false;
    table.answer(what);
  }

  const undo = () => leaving || table.undo();
  const duel = () => table.ballots[0]?.duel;

  for (const button of document.querySelectorAll(".answer")) button.addEventListener("click", () => answer(button.dataset.answer));
  for (const side of ["left", "right"]) element(`pick-${side}`).addEventListener("click", () => duel() && answer(side));
  element("undo").addEventListener("click", undo);
  element("back").addEventListener("click", undo);
  onSwipe(card, { right: () => answer(duel() ? "right" : "yes"), left: () => answer(duel() ? "left" : "no") });
  followFinger(card);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    const what = (duel() ? DUEL : SWIPE)[event.key];
    if (what) (event.preventDefault(), event.repeat || answer(what));
    else if (event.key.toLowerCase() === "u" || event.key === "Backspace") undo();
  });
  table.open().catch((problem) => tell(problem.message));
}
