// The forum's table: move where a participant is seen to stand, and the expectation of the one who sees follows.

import { push } from "./address.js";
import { choice, drawn, make, say, settled } from "./dom.js";
import { address, ask } from "./net.js";
import { told } from "./view.js";

const REST = 400;
const HEARD = 1_000;
const TRACK = { width: 600, edge: 10, height: 46, line: 24 };
const ASIDE = 40;
const two = (value) => value.toFixed(2).replace("-", "−");

/** Show the forum, with the table in front. */
export async function forum(body, context) {
  const parties = ask("/api/controls", [], { signal: context.signal }).then(
    (found) => found.parties,
    () => [],
  );
  await told(body, context, async (found) => {
    if (!found.beliefs?.length) return null;
    const names = new Map((await parties).map((each) => [each.key, each.name]));
    const titles = new Map(found.forum.map((row) => [row.item, row.title]));
    return new Seats(found.beliefs, { names, titles, signal: context.signal }).element;
  });
}

/** Who is seen where, by whom, at which meeting, on what; the address holds it. */
class Seats {
  constructor(beliefs, { names, titles, signal }) {
    this.beliefs = beliefs;
    this.names = names;
    this.titles = titles;
    this.signal = signal;
    const query = new URLSearchParams(location.search);
    this.row =
      beliefs.find((row) => row.meeting === query.get("meeting") && row.item === query.get("item")) ??
      beliefs.at(-1);
    this.observer = this.row.actors.includes(query.get("observer")) ? query.get("observer") : this.furthest();
    this.moved = new Map(
      [...query]
        .filter(([name]) => name.startsWith("seen."))
        .map(([name, value]) => [name.slice(5), Number(value)])
        .filter(([who, value]) => this.row.present.includes(who) && value >= 0 && value <= 1)
        .filter(([who]) => who !== this.observer),
    );
    this.record = settled(() => this.keep(), REST);
    this.speak = settled(() => say(this.sentence()), HEARD);
    this.told = make("div", {});
    this.seats = make("div", { class: "seats" });
    this.choices = make("div", { class: "choices" });
    this.element = make(
      "section",
      { class: "table-of-forum", "aria-labelledby": "seats-heading" },
      make("h3", { id: "seats-heading" }, "The table: what if they were seen otherwise?"),
      make(
        "p",
        {},
        "An expectation is the weighted mean of where the others are believed to stand. ",
        "Move one, and see what it would do. ",
        "Beliefs are assumed by the case, at their likeliest and without noise; everyone sees itself as it is.",
      ),
      this.choices,
      this.told,
      this.seats,
    );
    this.show();
  }

  /** Who expects what is furthest from the outcome. */
  furthest() {
    const { actors, expectation, outcome } = this.row;
    return actors.reduce(
      (held, actor, place) =>
        Math.abs(expectation[place] - outcome) > Math.abs(expectation[actors.indexOf(held)] - outcome)
          ? actor
          : held,
      actors[0],
    );
  }

  name(code) {
    return this.names.get(code) ?? code;
  }

  show() {
    const items = this.beliefs.map((row) => [
      `${row.meeting}/${row.item}`,
      `${row.title}: ${this.titles.get(row.item) ?? row.item}`,
    ]);
    const byName = (codes) =>
      codes.map((code) => [code, this.name(code)]).sort(([, one], [, other]) => one.localeCompare(other));
    this.choices.replaceChildren(
      choice("Meeting and item", items, `${this.row.meeting}/${this.row.item}`, (key) => this.turn(key)),
      choice("Seen by", byName(this.row.actors), this.observer, (code) => {
        this.observer = code;
        this.reset();
      }),
      make("button", { type: "button", onclick: () => this.reset() }, "As the case has it"),
    );
    this.seats.replaceChildren(
      ...this.seen()
        .filter(({ code }) => code !== this.observer)
        .sort((one, other) => other.weight - one.weight)
        .map(({ code }) => this.seat(code)),
    );
    this.tell();
  }

  turn(key) {
    this.row = this.beliefs.find((row) => `${row.meeting}/${row.item}` === key);
    if (!this.row.actors.includes(this.observer)) this.observer = this.furthest();
    this.reset();
  }

  reset() {
    this.moved.clear();
    this.show();
    this.keep();
  }

  /** The weight and the belief of the observer on each who is present. */
  seen() {
    const place = this.row.actors.indexOf(this.observer);
    return this.row.present.map((code, column) => ({
      code,
      weight: this.row.weight[place][column],
      belief: this.row.belief[place][column],
    }));
  }

  expected(otherwise) {
    const seen = this.seen(),
      total = seen.reduce((sum, each) => sum + each.weight, 0);
    return (
      seen.reduce((sum, each) => sum + each.weight * (otherwise.get(each.code) ?? each.belief), 0) / total
    );
  }

  seat(code) {
    const { belief, weight } = this.seen().find((each) => each.code === code),
      id = `seen-${code}`;
    const stands = this.row.position[this.row.actors.indexOf(code)],
      share = weight / this.seen().reduce((sum, each) => sum + each.weight, 0);
    const value = this.moved.get(code) ?? belief;
    const output = make("output", { for: id }, two(value));
    const input = make("input", {
      id,
      type: "range",
      min: 0,
      max: 1,
      step: 0.01,
      "aria-valuetext": `seen at ${two(value)}`,
    });
    input.value = value;
    const held = make(
      "div",
      { class: this.moved.has(code) ? "control changed" : "control" },
      make("div", { class: "row" }, make("label", { for: id }, this.name(code)), output),
      input,
      make(
        "p",
        { class: "about" },
        `believed at ${two(belief)}, stands at ${two(stands)}, counts ${Math.round(100 * share)} %`,
      ),
    );
    input.addEventListener("input", () => {
      this.moved.set(code, Number(input.value));
      output.textContent = two(Number(input.value));
      input.setAttribute("aria-valuetext", `seen at ${output.textContent}`);
      held.classList.add("changed");
      this.tell();
      this.record();
      this.speak();
    });
    return held;
  }

  sentence() {
    const now = this.expected(this.moved),
      { outcome } = this.row;
    return (
      `${this.name(this.observer)} expects ${two(now)}; as the case has it ` +
      `${two(this.expected(new Map()))}. The outcome is ${two(outcome)}, ` +
      `so that it would be off by ${two(Math.abs(now - outcome))}.`
    );
  }

  tell() {
    const { line, edge, height } = TRACK,
      width = Math.min(TRACK.width, innerWidth - ASIDE),
      at = (value) => edge + value * (width - 2 * edge);
    const mark = (value, kind, text, below) => [
      kind === "outcome"
        ? drawn("path", { class: kind, d: `M${at(value)} ${line - 9}l7 9-7 9-7-9z` })
        : drawn("circle", { class: kind, cx: at(value), cy: line, r: 6 }),
      drawn(
        "text",
        {
          x: at(value),
          y: below ? line + 20 : line - 12,
          "text-anchor": value > 0.85 ? "end" : value < 0.15 ? "start" : "middle",
        },
        text,
      ),
    ];
    this.told.replaceChildren(
      make("p", { class: "expects" }, this.sentence()),
      drawn(
        "svg",
        { class: "track", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
        drawn("line", { x1: edge, x2: width - edge, y1: line, y2: line }),
        mark(this.row.outcome, "outcome", "outcome", true),
        mark(this.expected(new Map()), "before", "", false),
        mark(this.expected(this.moved), "now", "expects", false),
      ),
    );
  }

  keep() {
    if (this.signal.aborted) return;
    push(
      address(location.pathname, [
        ["meeting", this.row.meeting],
        ["item", this.row.item],
        ["observer", this.observer],
        ...[...this.moved].map(([code, value]) => [`seen.${code}`, String(value)]),
      ]),
    );
  }
}
