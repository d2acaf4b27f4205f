// The what-if: controls on one side, what follows on the other. The address is the state of the controls.

import { push } from "../address.js";
import { make, say, settled } from "../dom.js";
import { address, ask, Refused } from "../net.js";
import { problems, words } from "../problems.js";
import { lost } from "../server.js";
import { thousands } from "../tables.js";
import { renew, tools } from "../view.js";
import { Asker } from "./asking.js";
import { panel } from "./controls.js";
import { Results } from "./results.js";
import { State } from "./state.js";

const REST = 400;
const HEARD = 1_000;

/** Show the what-if. */
export async function whatif(body, { view, signal }) {
  const waits = make("p", { class: "waits", role: "status" }, "Preparing futures …");
  body.append(waits);
  const told = await ask("/api/controls", [], { signal });
  if (signal.aborted) return;
  const desk = new Desk(told, { view, signal });
  body.replaceChildren(...desk.elements());
  desk.ask(true);
  await desk.first;
}

/** The controls, what they ask for, and what came of it. */
class Desk {
  constructor(told, { view, signal }) {
    this.state = new State(location.search);
    this.view = view;
    this.signal = signal;
    this.first = new Promise((resolve) => {
      this.shown = resolve;
    });
    this.results = new Results(new Map(told.show.map((each) => [each.key, each.title])));
    this.asker = new Asker({ signal, atOnce: told.draws.at_once, usual: told.draws.default, told: this });
    this.top = make("div", {});
    this.bar = make("div", { class: "progress" });
    this.said = make("div", {});
    this.panel = panel(this, told);
    this.record = settled(() => this.keep(), REST);
    this.speak = settled(() => say(this.results.sentence()), HEARD);
    this.shell = make(
      "div",
      { class: "results", role: "region", "aria-label": "What follows" },
      this.bar,
      this.said,
      this.results.element,
    );
  }

  elements() {
    this.links();
    return [this.top, make("div", { class: "whatif" }, this.panel, this.shell)];
  }

  /** The line on top, whose links hold the state. */
  links() {
    const reset = make("a", { href: address(`/view/${this.view}`) }, "Back to the baseline");
    renew(this.top, () => tools(this.view, { pairs: () => this.state.pairs, rest: [reset] }));
  }

  /** Take over what a control says; `done` where it rests. */
  move(name, value, done) {
    this.state.set(name, value);
    this.ask(done);
  }

  /** Put one of several values in, or out. Events hang on scenarios. */
  toggle(name, value, on) {
    this.state.toggle(name, value, on);
    if (name === "scenario") this.onscenarios();
    this.ask(true);
  }

  ask(done) {
    this.asker.ask(this.state.pairs, done);
    if (done) this.record();
  }

  /** Let the address restore what is seen. */
  keep() {
    if (this.signal.aborted) return;
    push(address(`/view/${this.view}`, this.state.pairs));
    this.links();
  }

  began(long) {
    this.shell.classList.add("stale");
    const cancel = make("button", { type: "button", onclick: () => this.asker.cancel() }, "Cancel");
    clearTimeout(this.slow);
    if (long)
      this.bar.replaceChildren(
        make("progress", { "aria-label": "Futures drawn" }),
        make("span", {}, "Drawing futures …"),
        cancel,
      );
    else
      this.slow = setTimeout(() => {
        this.bar.textContent = "Working …";
      }, REST);
  }

  progress({ done, total, seconds_left: left }) {
    const bar = this.bar.querySelector("progress");
    bar.max = total;
    bar.value = done;
    const rest = left === null ? "" : `, about ${Math.ceil(left)} s left`;
    this.bar.querySelector("span").textContent = `${thousands(done)} of ${thousands(total)} futures${rest}`;
  }

  ended() {
    clearTimeout(this.slow);
    const stale = this.shell.classList.contains("stale") && this.results.found;
    this.bar.replaceChildren(
      this.results.found && !this.refused
        ? `${thousands(this.results.found.draws)} futures in ${Math.round(this.results.found.ms)} ms` +
            (stale ? "; cancelled before the newest was drawn" : "")
        : "",
    );
    this.shown();
  }

  async result(found) {
    this.refused = false;
    this.clear();
    await this.results.show(found);
    this.shell.classList.remove("stale");
    this.shell.dataset.serial = found.serial;
    this.speak();
  }

  away() {
    lost();
  }

  /** Put each problem beside its control, and the others on top. */
  problems(error) {
    if (!(error instanceof Refused)) throw error;
    this.refused = true;
    this.clear();
    const buttons = error.problems.map((each) => {
      const control = this.beside(each);
      const button = (name, onclick) => make("button", { type: "button", onclick }, name);
      if (control) return button(`Go to ${each.where}`, () => control.focus());
      return (
        this.state.all(each.where).length > 0 && button(`Take out ${each.where}`, () => this.drop(each.where))
      );
    });
    this.said.replaceChildren(
      problems(
        error.problems,
        buttons.map((each) => each && [each, " "]),
      ),
    );
  }

  drop(name) {
    this.state.set(name, null);
    this.ask(true);
  }

  beside(problem) {
    const control = this.panel.querySelector(`.control[data-name="${CSS.escape(problem.where)}"]`);
    const input = control?.querySelector("input, select");
    if (!input) return null;
    const id = `p-${problem.where}`;
    control.append(make("p", { class: "problem", id }, words({ ...problem, where: "" })));
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    for (let fold = control.closest("details"); fold; fold = fold.parentElement.closest("details"))
      fold.open = true;
    return input;
  }

  clear() {
    this.said.replaceChildren();
    for (const each of this.panel.querySelectorAll(".control > .problem")) each.remove();
    for (const each of this.panel.querySelectorAll("[aria-invalid]")) {
      each.removeAttribute("aria-invalid");
      each.removeAttribute("aria-describedby");
    }
  }
}
