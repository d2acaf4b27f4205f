// Claims one by one: what was said, the verdict, and each test with its evidence.

import { make } from "./dom.js";

const SIGNS = { supported: "✓", contradicted: "✕", mixed: "◐", untestable: "○" };

/** Return claims as elements; `sentence` writes a sentence with its numbers. Each folds, but for its verdict. */
export function docket(told, sentence) {
  return make(
    "div",
    { class: "docket", id: told.key },
    make("h4", {}, told.title),
    told.hearings.map((each) =>
      make(
        "article",
        { class: "hearing", id: `claim-${each.key}`, "aria-labelledby": `claim-${each.key}-title` },
        make("h5", { id: `claim-${each.key}-title` }, each.statement, " ", badge(each.verdict)),
        make("p", { class: "note" }, each.origin),
        make("p", {}, sentence(each.finding)),
        make(
          "details",
          {},
          make("summary", {}, `The tests (${each.trials.length})`),
          each.trials.map((trial) => heard(trial, sentence)),
        ),
      ),
    ),
  );
}

function heard(trial, sentence) {
  return make(
    "div",
    { class: "trial" },
    make("h6", {}, trial.title, " ", badge(trial.verdict)),
    make(
      "dl",
      { class: "reading" },
      trial.said.map((part) => make("div", {}, make("dt", {}, part.head), make("dd", {}, sentence(part)))),
    ),
  );
}

function badge(verdict) {
  return make(
    "span",
    { class: `verdict ${verdict}` },
    make("span", { "aria-hidden": "true" }, SIGNS[verdict] ?? ""),
    ` ${verdict}`,
  );
}
