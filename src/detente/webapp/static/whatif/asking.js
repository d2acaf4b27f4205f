// Questions while sliders move: one is under way, the newest waits, and older answers are never drawn.

import { Away, ask, client, events, Refused } from "../net.js";

const BUSY = new Set([429, 503]);
const SHORT = 1;

/** Asks what follows from a state; `told` has result, progress, problems, began, ended and away. */
export class Asker {
  constructor({ signal, atOnce, usual, told }) {
    this.told = told;
    this.atOnce = atOnce;
    this.usual = usual;
    this.serial = 0;
    this.drawn = 0;
    this.waiting = null;
    this.running = null;
    signal.addEventListener("abort", () => {
      this.waiting = null;
      this.running?.stop();
    });
  }

  /** Ask. While a slider moves (`done` false) the question under way is let finish, so that there is something to
   * see; once it rests, or where the question is long, the older one is given up. */
  ask(pairs, done) {
    const long = Number(pairs.find(([name]) => name === "draws")?.[1] ?? this.usual) > this.atOnce;
    if (long && !done) return;
    const question = { pairs: [...pairs], long, key: JSON.stringify(pairs) };
    if (question.key === (this.waiting ?? this.running)?.key) return;
    this.waiting = question;
    if (!this.running) this.next();
    else if (done) this.running.stop();
  }

  /** Give up what is under way. */
  cancel() {
    this.waiting = null;
    this.running?.stop();
  }

  async next() {
    const { pairs, long, key } = this.waiting,
      stopper = new AbortController(),
      { signal } = stopper,
      serial = ++this.serial;
    this.waiting = null;
    this.running = {
      key,
      stop() {
        this.key = null;
        stopper.abort();
      },
    };
    this.told.began(long);
    try {
      const numbered = [...pairs, ["client", client], ["serial", String(serial)]];
      const found = long
        ? await this.follow(numbered, signal)
        : await ask("/api/whatif", numbered, { signal });
      if (found && !found.dropped && serial > this.drawn) {
        this.drawn = serial;
        await this.told.result(found);
      }
    } catch (error) {
      await this.failed(error, { pairs, long, key });
    }
    this.running = null;
    if (this.waiting) this.next();
    else this.told.ended();
  }

  async follow(pairs, signal) {
    for await (const { name, content } of events("/api/whatif/stream", pairs, { signal })) {
      if (name === "progress") this.told.progress(content);
      else if (name === "problems") throw new Refused(400, content.errors);
      else return content;
    }
    throw new Away("the stream has ended without a result");
  }

  async failed(error, question) {
    if (error.name === "AbortError") return;
    if (error instanceof Away) {
      this.waiting = null;
      this.told.away();
    } else if (error instanceof Refused && BUSY.has(error.status)) {
      await new Promise((resolve) => {
        setTimeout(resolve, 1000 * (error.wait || SHORT));
      });
      this.waiting ??= question;
    } else if (!this.waiting) this.told.problems(error);
  }
}
