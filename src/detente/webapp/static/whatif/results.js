// What follows from the state of the controls: key figures, charts that change in place, and tables.

import { Chart } from "../charts.js";
import { make } from "../dom.js";
import { downloads, reading } from "../exhibits.js";
import { percent, shown, table } from "../tables.js";
import { crossing, fan, passing } from "./specs.js";

const ROOM = 0.15;
const KEYS = 4;

/** Days as JavaScript counts them: those of the reader's own calendar, so that no year begins in December. */
const day = (text) => {
  const [y, m, d] = text.split("-").map(Number);
  return new Date(y, m - 1, d).getTime();
};
const year = (text) => text.slice(0, 4);

function grouped(rows, name) {
  const found = new Map();
  for (const row of rows) found.set(name(row), [...(found.get(name(row)) ?? []), row]);
  return found;
}

/** Charts side by side, one for each key: made once, then changed in place. */
class Panels {
  constructor(spec, words) {
    this.spec = spec;
    this.words = words;
    this.held = new Map();
    this.element = make("div", { class: "panels several" });
  }

  async show(panels) {
    for (const key of [...this.held.keys()]) if (!panels.has(key)) this.drop(key);
    await Promise.all(
      [...panels].map(([key, { title, rows, signals }]) => {
        if (!this.held.has(key)) this.add(key, title, rows);
        return this.held.get(key).chart.change({ rows, signals });
      }),
    );
  }

  add(key, title, rows) {
    const place = make("div", {
      class: "chart",
      role: "img",
      "aria-label": `${title}. ${this.words} The figures are in the tables below.`,
    });
    const panel = make("div", { class: "panel", "data-key": key }, make("h4", {}, title), place);
    this.element.append(panel);
    this.held.set(key, { title, panel, chart: new Chart(place, this.spec(rows)) });
  }

  drop(key) {
    const { chart, panel } = this.held.get(key);
    chart.drop();
    panel.remove();
    this.held.delete(key);
  }
}

/** The part of the page that shows an answer. */
export class Results {
  constructor(titles) {
    this.titles = titles;
    this.ranges = new Map();
    this.strip = make("dl", { class: "strip", "aria-label": "Key figures" });
    this.fans = new Panels(fan, "A fan over time, with the baseline.");
    this.decisions = new Panels(passing, "How often it passes, with the baseline.");
    this.crossings = new Panels(crossing, "Who crosses it by the end, with the baseline.");
    this.tables = make(
      "details",
      { class: "data", id: "tables" },
      make("summary", {}, "The figures as tables"),
    );
    this.tables.addEventListener("toggle", () => this.tabulate());
    this.notes = make("ul", { class: "notes" });
    this.saves = make("div", {});
    this.element = make(
      "div",
      { hidden: true },
      this.strip,
      make(
        "p",
        { class: "note" },
        "All figures here are estimated (E) from simulated futures, which rest on assumptions (A) ",
        "of the case; so does what you move.",
      ),
      this.part("passes", "What passes", this.decisions, [
        [
          "How to read it",
          "Share of futures in which it passes, with an interval for their number. Hollow and dashed: the baseline.",
        ],
      ]),
      this.part("crosses", "Who crosses a line", this.crossings, [
        [
          "How to read it",
          "Share of futures in which a member is beyond the line at the end, of those not beyond it at the start. " +
            "Hollow: the baseline.",
        ],
      ]),
      this.part("apart", "How far apart members stand", this.fans, [
        [
          "How to read it",
          "Line: the middle of many futures. Dark band: half of them; light: nine tenths. " +
            "Dashed: the baseline, with the same luck. Lower is closer.",
        ],
      ]),
      this.tables,
      this.saves,
      make("details", { class: "data" }, make("summary", {}, "What to know of these figures"), this.notes),
    );
  }

  part(key, title, panels, words) {
    return make(
      "section",
      { "aria-labelledby": `${key}-heading` },
      make("h3", { id: `${key}-heading` }, title),
      panels.element,
      reading(words),
    );
  }

  /** Show an answer. */
  async show(found) {
    this.found = found;
    this.element.hidden = false;
    this.key();
    this.notes.replaceChildren(...found.notes.map((each) => make("li", {}, each)));
    await Promise.all([
      this.fans.show(this.spreads()),
      this.decisions.show(this.passed()),
      this.crossings.show(this.crossed()),
    ]);
    this.tabulate();
    this.offer();
  }

  spreads() {
    const panels = new Map();
    for (const [key, held] of grouped(this.found.cohesion, (row) => `${row.bloc}/${row.item}`)) {
      const rows = held.map((row) => ({ ...row, time: day(row.time) }));
      const low = Math.min(...rows.map((row) => Math.min(row.p5, row.base_p50))),
        high = Math.max(...rows.map((row) => Math.max(row.p95, row.base_p50)));
      const [lo, hi] = this.ranges.get(key) ?? [Infinity, -Infinity],
        room = ROOM * (high - low);
      const range =
        low >= lo && high <= hi
          ? [lo, hi]
          : [Math.max(0, Math.min(lo, low - room)), Math.max(hi, high + room)];
      this.ranges.set(key, range);
      panels.set(key, { title: this.titles.get(key) ?? key, rows, signals: { lo: range[0], hi: range[1] } });
    }
    return panels;
  }

  passed() {
    const { times } = this.found,
      signals = { lo: day(times[0]), hi: day(times.at(-1)) };
    return new Map(
      [...grouped(this.found.decisions, (row) => row.decision)].map(([key, rows]) => [
        key,
        { title: rows[0].title, rows: rows.map((row) => ({ ...row, time: day(row.time) })), signals },
      ]),
    );
  }

  crossed() {
    return new Map(
      [...grouped(this.found.crossings, (row) => row.line)].map(([key, rows]) => [
        `${key} ${rows.length}`,
        { title: rows[0].title, rows: rows.map((row, place) => ({ ...row, place })) },
      ]),
    );
  }

  /** The figures at the end of the window that matter most, each beside the baseline. */
  ends() {
    const { cohesion, decisions, crossings } = this.found;
    const spreads = [...grouped(cohesion, (row) => `${row.bloc}/${row.item}`)].map(([key, rows]) => ({
      what: `apart, ${this.titles.get(key) ?? key}, ${year(rows.at(-1).time)}`,
      now: shown(rows.at(-1).p50),
      base: shown(rows.at(-1).base_p50),
    }));
    const passes = [...grouped(decisions, (row) => row.decision).values()].map((rows) => ({
      what: `${rows.at(-1).title}, ${year(rows.at(-1).time)}`,
      now: percent(rows.at(-1).passes),
      base: percent(rows.at(-1).base),
    }));
    const first = crossings.slice(0, 1).map((row) => ({
      what: `${row.name}: ${row.title.toLowerCase()}`,
      now: percent(row.crossed),
      base: percent(row.base),
    }));
    return [...spreads.slice(0, 1), ...passes.slice(0, 2), ...first, ...spreads.slice(1)].slice(0, KEYS);
  }

  key() {
    this.strip.replaceChildren(
      ...this.ends().map(({ what, now, base }) =>
        make(
          "div",
          {},
          make("dt", {}, what),
          make("dd", {}, now, make("span", { class: "base" }, ` baseline ${base}`)),
        ),
      ),
    );
  }

  /** One sentence on the answer, for those who hear the page. */
  sentence() {
    return `${this.found.draws} futures. ${this.ends()
      .slice(0, 2)
      .map(({ what, now, base }) => `${what}: ${now}, baseline ${base}`)
      .join(". ")}.`;
  }

  tabulate() {
    if (!this.tables.open || !this.found) return;
    const { cohesion, decisions, crossings } = this.found;
    const made = (title, columns, rows) =>
      make(
        "div",
        {},
        make("h4", {}, title),
        table(
          columns.map((column, place) => ({ title: column, figure: place > 1 })),
          rows,
          { label: title },
        ),
      );
    this.tables.replaceChildren(
      this.tables.firstChild,
      made(
        "How far apart members stand",
        ["What", "When", "Middle", "Baseline", "Half of futures", "Nine tenths"],
        cohesion.map((row) => [
          this.titles.get(`${row.bloc}/${row.item}`) ?? row.title,
          row.time,
          shown(row.p50),
          shown(row.base_p50),
          `${shown(row.p25)}–${shown(row.p75)}`,
          `${shown(row.p5)}–${shown(row.p95)}`,
        ]),
      ),
      made(
        "What passes",
        ["Decision", "Between", "Passes", "Baseline", "Interval"],
        decisions.map((row) => [
          row.title,
          `${row.time} and ${row.until}`,
          percent(row.passes),
          percent(row.base),
          `${percent(row.low)}–${percent(row.high)}`,
        ]),
      ),
      made(
        "Who crosses a line",
        ["Who", "Line", "At the end", "Baseline", "Interval", "At the start"],
        crossings.map((row) => [
          row.name,
          row.title,
          percent(row.crossed),
          percent(row.base),
          `${percent(row.low)}–${percent(row.high)}`,
          percent(row.start),
        ]),
      ),
    );
  }

  /** The charts that can be saved; asked anew only where there are others. */
  offer() {
    const all = [this.fans, this.decisions, this.crossings].flatMap((panels) => [...panels.held.values()]);
    const titles = all.map((each) => each.title).join();
    if (titles === this.offered) return;
    this.offered = titles;
    this.saves.replaceChildren(downloads("what-if", all, null));
  }
}
