// Strategies: what one side can do, what it may regret, how it fares against answers, and when to think again.

import { push } from "./address.js";
import { make } from "./dom.js";
import { figure } from "./exhibits.js";
import { BLUE, FIT, INK, tip } from "./look.js";
import { address } from "./net.js";
import { folded, plain } from "./tables.js";
import { told } from "./view.js";

const NOTHING = "nothing";
const DIVERGING = ["#8c3f14", "#c9783f", "#e8c9a8", "#f5f4f0", "#b3c9dc", "#5b8ab3", "#1f4e79"];
const ROW = 22;
const LABEL = 260;
const FOLDED = {
  levers: "What it can do: sizes, costs, chance of the opposite", wants: "What it wants", medal: "What each portfolio does to each objective",
  game: "What both sides would play", failing: "In which futures the leading portfolio fails", drivers: "What its points hang on",
  turning: "How else objectives would have to weigh", signs: "When to think again",
};
const WHOLE = {
  breaks: "What counts as broken", routes: "The smallest changes that break it", stress: "On what it hangs", wedges: "Whom the divider could detach",
};

/** Show the strategies of the side that the address names, or of the first. */
export async function strategies(body, context) {
  await told(body, context, (found) => (found.sections.length ? null : sides(found.tables)));
}

function sides(tables) {
  const players = tables.players ?? [], named = new URLSearchParams(location.search).get("player");
  const player = players.find((each) => each.player === named) ?? players[0];
  if (!player) return null;
  const place = make("div", {});
  const select = make("select", { id: "player" }, players.map((each) => make("option", { value: each.player }, each.title)));
  const show = (key) => place.replaceChildren(...side(tables, players.find((each) => each.player === key)).filter(Boolean));
  select.value = player.player;
  select.addEventListener("change", () => {
    push(address(location.pathname, [["player", select.value]]));
    show(select.value);
  });
  show(player.player);
  return [make("p", {}, make("label", { for: "player" }, "Side"), " ", select), place, ...whole(tables)];
}

function side(tables, player) {
  const own = (name) => (tables[name] ?? []).filter((row) => row.player === player.player);
  const portfolios = own("portfolios");
  return [
    make("h3", {}, `${player.title}, against ${player.other_title}`), lead(player, portfolios),
    figure(regret(player, portfolios)), figure(matrix(player, own("matrix"), tables)),
    ...Object.entries(FOLDED).map(([name, title]) => rest(name, title, own(name))),
  ];
}

function lead(player, portfolios) {
  const first = portfolios.find((row) => row.portfolio === player.leader);
  if (!first) return null;
  const clear = player.best ? "clearly less than any other" : "though others cannot be told apart from it";
  return make("p", {}, `“${first.title}” has the least regret, ${clear}: ${first.regret.toFixed(2)} points `,
    `(${first.low.toFixed(2)} to ${first.high.toFixed(2)}) on average over ${player.futures} futures and ${player.answers} answers of ${player.other_title}. `,
    `In ${Math.round(100 * first.worse)} % of futures it does worse than doing nothing.`);
}

function regret(player, portfolios) {
  const y = { field: "title", type: "nominal", sort: { field: "regret" }, title: null, axis: { labelLimit: LABEL } };
  const x = (field) => ({ field, type: "quantitative", title: "regret, points", scale: { zero: true }, axis: { tickCount: 5 } });
  const spec = { ...FIT, data: { values: portfolios }, height: ROW * portfolios.length, encoding: { y }, layer: [
    { mark: { type: "rule", color: BLUE, strokeWidth: 1.6 }, encoding: { x: x("low"), x2: { field: "high" } } },
    { mark: { type: "point", filled: true, size: 50, color: BLUE, opacity: 1 }, encoding: { x: x("regret"), tooltip: tip([
      ["title", " ", undefined, "nominal"], ["regret", "regret", ".2f"], ["low", "from", ".2f"], ["high", "to", ".2f"],
      ["points", "points above nothing", "+.2f"], ["worse", "worse than nothing", ".0%"],
    ]) } },
  ] };
  return whichFigure("regret", "What each choice may be regretted by", portfolios, spec, {
    shows: "For each portfolio of levers: how many points it loses, on average, against what would have been best in the same future.",
    reading: `Left is better. Lines are intervals; where they overlap, ${player.title} cannot tell the portfolios apart.`,
  });
}

function matrix(player, rows, tables) {
  const title = (owner, key) => (key === NOTHING ? "nothing"
    : tables.portfolios.find((row) => row.player === owner && row.portfolio === key)?.title ?? key.replaceAll("_", " "));
  const cells = rows.map((row) => ({ ...row, own: title(player.player, row.portfolio), theirs: title(player.other, row.answer) }));
  const most = Math.max(...cells.map((row) => Math.abs(row.points)), 0.01);
  const axis = { labelLimit: LABEL };
  const encoding = {
    y: { field: "own", type: "nominal", title: null, sort: null, axis },
    x: { field: "theirs", type: "nominal", title: `answers of ${player.other_title}`, sort: null, axis: { ...axis, labelAngle: -40, labelLimit: 120 } },
  };
  const spec = { ...FIT, data: { values: cells }, height: ROW * new Set(cells.map((row) => row.own)).size, encoding, layer: [
    { mark: { type: "rect", stroke: "white", strokeWidth: 0.6 }, encoding: {
      color: { field: "points", type: "quantitative", legend: null, scale: { domain: [-most, 0, most], range: DIVERGING, interpolate: "rgb" } },
      tooltip: tip([["own", player.title, undefined, "nominal"], ["theirs", player.other_title, undefined, "nominal"],
        ["points", "points", "+.2f"], ["other", `points of ${player.other_title}`, "+.2f"]]),
    } },
    { mark: { type: "text", fontSize: 9.5 }, encoding: {
      text: { field: "points", type: "quantitative", format: "+.1f" },
      color: { condition: { test: `abs(datum.points) > ${0.6 * most}`, value: "white" }, value: INK },
    } },
  ] };
  return whichFigure("matrix", "Against each answer", rows, spec, {
    shows: `Points of ${player.title} by its portfolio and the answer of ${player.other_title}, above what comes where nobody does anything.`,
    reading: "Blue: better than nothing; rust: worse. No cell is certain: the intervals are in the table.",
  });
}

function whichFigure(key, title, rows, spec, words) {
  const { columns, rows: texts } = plain(rows);
  return {
    key, title, ...words, note: "", legend: [], panels: [{ title: "", spec }],
    table: { key, title: "The figures", columns, rows: texts, values: rows.map((row) => Object.values(row)) },
  };
}

function rest(name, title, rows) {
  if (!rows.length) return null;
  const { columns, rows: texts } = plain(rows.map(({ player: _player, ...row }) => row));
  return folded(title, columns, texts);
}

function whole(tables) {
  const held = Object.entries(WHOLE).map(([name, title]) => rest(name, title, tables[name] ?? [])).filter(Boolean);
  return held.length ? [make("h3", {}, "Where the alliance would break"), ...held] : [];
}
