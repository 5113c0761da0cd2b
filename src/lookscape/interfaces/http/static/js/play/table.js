// The player's side of a game: ballots that wait, and votes that go out one after another until the server has them.
//
// A vote bears an id of its own, so it may be sent again and counts once. What the server has not acknowledged is kept
// in the browser too, and goes out when the page is opened again.

import { ask } from "../shared/api.js";

const PAUSE_MS = 1000;
const SLOTS = [0, 1, 2];

export class Table {
  constructor(game, { team, changed, failed }) {
    Object.assign(this, { game, team, changed, failed });
    this.ballots = []; // to be answered, the first one is shown
    this.said = new Set(); // ballots answered here
    this.past = []; // the same in order, to take back
    this.answered = 0;
    this.player = "";
    this.key = `unsent:${game}`;
    this.unsent = JSON.parse(localStorage.getItem(this.key) ?? "[]");
    for (const { ballot } of this.unsent) this.said.add(ballot);
    this.loaded = [];
  }

  async open() {
    this.take(await this.post("ballots", { team: this.team }));
    this.flush();
  }

  photo(ballot, slot) {
    return `/play/${encodeURIComponent(this.game)}/photos/${ballot.id}/${slot}.jpg`;
  }

  answer(answer) {
    const ballot = this.ballots.shift();
    this.said.add(ballot.id);
    this.past.push(ballot);
    this.send(ballot, answer);
  }

  undo() {
    const ballot = this.past.pop();
    if (!ballot) return;
    this.said.delete(ballot.id);
    this.ballots.unshift(ballot);
    this.send(ballot, "undo");
  }

  send(ballot, answer) {
    this.unsent.push({ id: uuid(), ballot: ballot.id, answer });
    this.keep();
    this.answered += answer === "undo" ? -1 : 1;
    this.changed();
    this.flush();
  }

  async flush() {
    if (this.sending) return;
    this.sending = true;
    while (this.unsent.length) {
      try {
        const told = await this.post("votes", this.unsent[0]);
        this.unsent.shift();
        this.take(told);
      } catch (problem) {
        if (problem.status === 0 || problem.status === 429 || problem.status >= 500) {
          this.failed(problem.status === 429 ? "" : problem.message);
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        } else {
          this.unsent.shift(); // answered elsewhere, or of a game that is gone: nothing can make it right
          this.failed(problem.message);
          await this.post("ballots", {}).then((told) => this.take(told), () => {});
        }
      }
      this.keep();
    }
    this.sending = false;
  }

  /** What the server says is open, less what was answered here meanwhile. */
  take({ ballots, answered, player }) {
    this.player = player;
    const waiting = new Map(ballots.map((ballot) => [ballot.id, ballot]));
    const unsent = new Set(this.unsent.map(({ ballot }) => ballot));
    this.ballots = this.ballots.filter(({ id }) => waiting.has(id) || unsent.has(id));
    const held = new Set(this.ballots.map(({ id }) => id));
    this.ballots.push(...ballots.filter(({ id }) => !held.has(id) && !this.said.has(id)));
    if (!this.unsent.length) this.answered = answered;
    this.preload();
    this.changed();
  }

  preload() {
    this.loaded = this.ballots.flatMap((ballot) =>
      SLOTS.slice(0, ballot.duel ? 3 : 2).map((slot) => Object.assign(new Image(), { src: this.photo(ballot, slot) })),
    );
  }

  keep() {
    if (this.unsent.length) localStorage.setItem(this.key, JSON.stringify(this.unsent));
    else localStorage.removeItem(this.key);
  }

  async post(what, body) {
    const headers = { "content-type": "application/json" };
    const options = { method: "POST", headers, body: JSON.stringify(body) };
    return (await ask(`/play/${encodeURIComponent(this.game)}/${what}`, options)).json();
  }
}

/** crypto.randomUUID is there on https and localhost only, and people play over a local network too. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
