// Asking while something moves: one question under way, and of those that come meanwhile only the latest is kept.
// So answers keep coming at the speed the server has, none arrives out of order, and the last one is always shown.

export class Live {
  /** ask(question, signal) -> answer; show(answer, question) may return a promise; failed(problem). */
  constructor({ ask, show, failed, busy = () => {} }) {
    Object.assign(this, { ask, show, failed, busy });
  }

  /** Ask this next, in place of anything that still waits. */
  want(question) {
    this.waiting = { question };
    if (!this.running) this.run();
  }

  /** Forget what is under way and what waits. */
  stop() {
    this.waiting = undefined;
    this.running?.abort();
    this.running = undefined;
    this.busy(false);
  }

  async run() {
    const running = (this.running = new AbortController());
    this.busy(true);
    while (this.waiting && this.running === running) {
      const { question } = this.waiting;
      this.waiting = undefined;
      await this.answer(question, running);
    }
    if (this.running !== running) return;
    this.running = undefined;
    this.busy(false);
  }

  async answer(question, running) {
    try {
      const answer = await this.ask(question, running.signal);
      if (this.running === running) await this.show(answer, question);
    } catch (problem) {
      if (problem.name !== "AbortError" && this.running === running) this.failed(problem);
    }
  }
}
