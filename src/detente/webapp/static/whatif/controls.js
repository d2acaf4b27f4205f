// All controls of a case: scenarios, events, levers of each side, moves by hand, rules, and how it is drawn.

import { make } from "../dom.js";
import { choice, group, slider, tick, whole } from "./kit.js";
import { moves } from "./moves.js";
import { percent, thousands } from "../tables.js";

const UNITS = { percent_gdp: "% of GDP a year", points: "points of its objectives" };

/** Return the panel of controls. */
export function panel(desk, told) {
  const happening = make("div", {});
  const events = () => happening.replaceChildren(eventGroup(desk, told));
  desk.onscenarios = events;
  events();
  return make(
    "form",
    { class: "controls", "aria-label": "What to change", onsubmit: (event) => event.preventDefault() },
    group(
      "Scenarios",
      told.scenarios.map((each) =>
        tick(desk, {
          name: "scenario",
          value: each.key,
          title: each.title,
          several: true,
          why: each.reason,
        }),
      ),
      { open: true },
    ),
    happening,
    told.players.map((player) =>
      leverGroup(
        desk,
        player,
        told.levers.filter((each) => each.owner === player.key),
      ),
    ),
    moves(desk, told),
    told.decisions.length > 0 &&
      group(
        "Decision rules",
        told.decisions.map((each) => ruleOf(desk, each)),
      ),
    group("Window and draws", [until(desk, told.until), ...draws(desk, told)]),
    group("What to show", shownOf(desk, told)),
  );
}

function eventGroup(desk, told) {
  const chosen = new Set(desk.state.all("scenario"));
  const open = told.events.filter(
    (each) => !each.scenarios.length || each.scenarios.some((key) => chosen.has(key)),
  );
  for (const each of told.events) if (!open.includes(each)) desk.state.set(`event.${each.key}`, null);
  const controls = open.map((each) =>
    choice(desk, {
      name: `event.${each.key}`,
      title: each.title,
      about: [each.date, ...odds(each)].join(" · "),
      options: [
        { key: "", title: "as in the case" },
        { key: "on", title: "happens for sure" },
        { key: "off", title: "does not happen" },
      ],
      why: [each.reason, each.source].filter(Boolean).join(" Source: "),
    }),
  );
  return group("Elections and other events", controls);
}

function odds({ chance, backlash }) {
  return [
    chance < 1 && `${percent(chance)} likely`,
    backlash > 0 && `${percent(backlash)} chance of the opposite`,
  ].filter(Boolean);
}

function leverGroup(desk, player, levers) {
  if (!levers.length) return null;
  const controls = levers.map((each) => {
    const told = {
      name: `lever.${each.key}`,
      title: each.title,
      why: `${each.reason} Cost: ${each.cost.reason}`,
      about: [`from ${each.date}`, costOf(each.cost), ...odds({ chance: 1, backlash: each.backlash })].join(
        " · ",
      ),
    };
    if (!each.scaled) return tick(desk, { ...told, value: "1" });
    return slider(desk, {
      ...told,
      min: each.min,
      max: each.max,
      step: each.step,
      rest: 0,
      shown: (size) => (size ? `× ${size}` : "not pulled"),
    });
  });
  return group(`What ${player.title} can do`, controls, { intro: "× 1 is the size that the case assumes." });
}

function costOf(cost) {
  const unit = UNITS[cost.unit] ?? cost.unit;
  return cost.value ? `costs ${cost.value} ${unit} (${cost.low}–${cost.high})` : "costs nothing";
}

function ruleOf(desk, decision) {
  const now = decision.rules.find((each) => each.key === decision.rule)?.title ?? decision.rule;
  const options = decision.rules.filter((each) => each.key !== decision.rule);
  return choice(desk, {
    name: `rule.${decision.key}`,
    title: decision.title,
    options: [{ key: "", title: `as in the case${now ? `: ${now}` : ""}` }, ...options],
  });
}

function until(desk, { min, max, years }) {
  const rest = Math.min(max, min + years);
  return slider(desk, {
    name: "until",
    title: "Last year",
    min,
    max,
    step: 1,
    rest,
    shown: (year) => (year === rest ? "as in the case" : String(year)),
  });
}

function draws(desk, told) {
  const { min, max, at_once: atOnce, default: usual } = told.draws;
  return [
    whole(desk, {
      name: "draws",
      title: "Futures drawn",
      min,
      max,
      otherwise: usual,
      about:
        `${thousands(min)} to ${thousands(max)}; more than ${thousands(atOnce)} take a while, ` +
        "and tell how far they are.",
    }),
    whole(desk, {
      name: "seed",
      title: "Seed",
      min: 0,
      max: 2 ** 32 - 1,
      otherwise: told.seed.default,
      about: "The same seed gives the same futures.",
    }),
  ];
}

function shownOf(desk, told) {
  const blocs = [...new Set(told.show.map((each) => each.bloc))];
  return [
    make("p", { class: "about" }, "Nothing chosen: everything is shown."),
    ...blocs.map((bloc) => {
      const held = told.show.filter((each) => each.bloc === bloc);
      return make(
        "fieldset",
        {},
        make("legend", {}, held[0].title.split(": ")[0]),
        held.map((each) =>
          tick(desk, {
            name: "show",
            value: each.key,
            several: true,
            title: each.title.slice(each.title.indexOf(": ") + 2),
          }),
        ),
      );
    }),
  ];
}
