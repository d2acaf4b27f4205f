// Strategies: the game between two sides, portfolio by answer, as points or as regret, before what the brief says.

import { push } from "./address.js";
import { choice, make, say } from "./dom.js";
import { address } from "./net.js";
import { shown } from "./tables.js";
import { told } from "./view.js";

const CELLS = {
  points: "What this side gains (points)",
  regret: "What it misses against that answer (regret)",
  other: "What the other side gains (points)",
};
const SHADES = 4;

/** Show the strategies, with the game in front. */
export async function strategies(body, context) {
  await told(body, context, (found) =>
    found.tables?.matrix?.length ? new Game(found.tables, context.signal).element : null,
  );
}

/** Who plays, and which figures stand in the cells; the address holds it. */
class Game {
  constructor({ players, portfolios, matrix }, signal) {
    const query = new URLSearchParams(location.search);
    this.players = players;
    this.titles = new Map(portfolios.map((row) => [`${row.player}/${row.portfolio}`, row.title]));
    this.matrix = matrix;
    this.signal = signal;
    this.player = players.find((row) => row.player === query.get("player")) ?? players[0];
    this.cells = query.get("cells") in CELLS ? query.get("cells") : "regret";
    this.place = make("div", {});
    this.told = make("p", { class: "expects" });
    this.element = make(
      "section",
      { class: "game", "aria-labelledby": "game-heading" },
      make("h3", { id: "game-heading" }, "The game: each portfolio against each answer"),
      make(
        "p",
        {},
        "Means over futures, under weights that the case assumes; a portfolio is only as good as the answer it ",
        "meets. Regret is what the best portfolio against that answer would have brought more. ",
        "A dot marks the best reply of this side in a column, a ring that of the other in a row; ",
        "where both meet, neither would move alone.",
      ),
      make(
        "div",
        { class: "choices" },
        choice("Seen from", this.sides(), this.player.player, (key) => this.turn(key)),
        this.what(),
      ),
      this.told,
      this.place,
    );
    this.show();
  }

  sides() {
    return this.players.map((row) => [row.player, `${row.title} (against ${row.other_title})`]);
  }

  what() {
    return choice("In the cells", Object.entries(CELLS), this.cells, (key) => this.fill(key));
  }

  turn(player) {
    this.player = this.players.find((row) => row.player === player);
    this.show();
    this.keep();
  }

  fill(cells) {
    this.cells = cells;
    this.show();
    this.keep();
  }

  show() {
    const mine = this.matrix.filter((row) => row.player === this.player.player),
      answers = [...new Set(mine.map((row) => row.answer))],
      own = [...new Set(mine.map((row) => row.portfolio))];
    const at = new Map(mine.map((row) => [`${row.portfolio}/${row.answer}`, row]));
    const best = new Map(
      answers.map((answer) => [answer, Math.max(...own.map((key) => at.get(`${key}/${answer}`).points))]),
    );
    const reply = new Map(
      own.map((key) => [key, Math.max(...answers.map((each) => at.get(`${key}/${each}`).other))]),
    );
    const value = (row) => (this.cells === "regret" ? best.get(row.answer) - row.points : row[this.cells]);
    const worst = new Map(
      own.map((key) => [
        key,
        Math.max(
          ...answers.map((each) => {
            const row = at.get(`${key}/${each}`);
            return best.get(row.answer) - row.points;
          }),
        ),
      ]),
    );
    const sorted = [...own].sort((one, other) => worst.get(one) - worst.get(other));
    const most = Math.max(...mine.map((row) => Math.abs(value(row)))) || 1;
    const cell = (row) => {
      const dot = row.points === best.get(row.answer),
        ring = row.other === reply.get(row.portfolio),
        marks = [dot && "best reply of this side", ring && "best reply of the other"].filter(Boolean);
      const shade = Math.round((SHADES * Math.abs(value(row))) / most);
      const classes = ["n", `${value(row) < 0 ? "less" : "more"}-${shade}`, dot && ring && "rest"];
      return make(
        "td",
        { class: classes.filter(Boolean).join(" ") },
        shown(value(row)),
        marks.length > 0 &&
          make(
            "span",
            { class: "marks", role: "img", "aria-label": marks.join(", ") },
            dot && "●",
            ring && "○",
          ),
      );
    };
    const title = (player, key) => this.titles.get(`${player}/${key}`) ?? key.replaceAll("_", " ");
    const head = make(
      "tr",
      {},
      make("td", {}),
      answers.map((each) => make("th", { scope: "col" }, title(this.player.other, each))),
      make("th", { scope: "col", class: "n" }, "Worst regret"),
    );
    const rows = sorted.map((key) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, title(this.player.player, key)),
        answers.map((each) => cell(at.get(`${key}/${each}`))),
        make("td", { class: "n" }, shown(worst.get(key))),
      ),
    );
    const label = `${CELLS[this.cells]}: ${this.player.title} against ${this.player.other_title}`;
    this.place.replaceChildren(
      make(
        "div",
        { class: "wide", tabindex: 0, role: "region", "aria-label": `${label}: table` },
        make(
          "table",
          { class: "matrix" },
          make("caption", {}, label),
          make("thead", {}, head),
          make("tbody", {}, rows),
        ),
      ),
    );
    const rests = mine.filter(
      (row) => row.points === best.get(row.answer) && row.other === reply.get(row.portfolio),
    );
    this.told.textContent =
      `Least to regret at worst: ${title(this.player.player, sorted[0])} (${shown(worst.get(sorted[0]))}). ` +
      (rests.length
        ? `Neither would move alone at ${rests.map((row) => `${title(this.player.player, row.portfolio)} / ${title(this.player.other, row.answer)}`).join("; ")}.`
        : "There is no cell that neither would leave alone.") +
      " That compares means over futures, against the worst answer; what stands below counts regret future by future, over all answers alike, and may rank otherwise.";
  }

  keep() {
    if (this.signal.aborted) return;
    push(
      address(location.pathname, [
        ["player", this.player.player],
        ["cells", this.cells],
      ]),
    );
    say(this.told.textContent);
  }
}
