// Sections of the brief: sentences whose numbers lead to their source, figures, and tables.

import { Chart, swatch } from "./charts.js";
import { shown as coloured } from "./colours.js";
import { docket } from "./docket.js";
import { make, save } from "./dom.js";
import { csv, folded, table } from "./tables.js";

/** Return a section as elements. */
export function section(told) {
  return make(
    "section",
    { id: told.key, "aria-labelledby": `${told.key}-heading` },
    make("h3", { id: `${told.key}-heading` }, told.title),
    told.paragraphs.map((part) =>
      make(
        "p",
        {},
        part.map((each) => [sentence(each), " "]),
      ),
    ),
    told.exhibits.map(exhibit),
    told.notes.map((note) => make("p", { class: "note" }, note)),
  );
}

/** Return every number of the text with where it comes from. */
export function numbers(rows) {
  const body = rows.map((row) =>
    make(
      "tr",
      { id: `n-${row.id}`, tabindex: -1 },
      make("th", { scope: "row" }, row.id),
      make("td", {}, row.what),
      make("td", { class: "n" }, row.shown),
      make("td", {}, [row.source, row.locator, row.method].filter(Boolean).join("; ")),
    ),
  );
  const head = make(
    "tr",
    {},
    ["Mark", "What", "Number", "From"].map((title) => make("th", { scope: "col" }, title)),
  );
  const held = make("table", { class: "ledger" }, make("thead", {}, head), make("tbody", {}, body));
  return make(
    "details",
    { class: "data", id: "numbers" },
    make("summary", {}, `Every number of this text (${rows.length})`),
    make(
      "div",
      { class: "wide", tabindex: 0, role: "region", "aria-label": "Every number of this text" },
      held,
    ),
  );
}

function sentence(told) {
  return told.parts.map(piece);
}

function piece(part) {
  if (typeof part === "string") return part;
  const mark = make(
    "a",
    { href: `#n-${part.id}`, title: `${part.mark}: ${part.what}`, onclick: leadTo },
    part.id,
  );
  return make("span", { class: "number" }, part.text, make("sup", { class: "mark" }, mark));
}

function leadTo(event) {
  event.preventDefault();
  const row = document.querySelector(event.currentTarget.getAttribute("href"));
  document.getElementById("numbers").open = true;
  document.querySelector(".ledger .aim")?.classList.remove("aim");
  row.classList.add("aim");
  row.focus();
}

function exhibit(told) {
  if (told.kind === "docket") return docket(told, sentence);
  return told.kind === "figure" ? figure(told) : tabulated(told);
}

/** Return a figure as an element: its panels, how to read it, its numbers, and its downloads. */
export function figure(told) {
  const charts = [];
  const panels = told.panels.map((panel) => {
    const place = make("div", {
      class: "chart",
      role: "img",
      "aria-label":
        `${told.title}${panel.title ? `: ${panel.title}` : ""}. ${told.shows} ` +
        "The figures are in the table below.",
    });
    charts.push({ chart: new Chart(place, panel.spec), title: panel.title });
    return make("div", { class: "panel" }, panel.title && make("h5", {}, panel.title), place);
  });
  const several = told.panels.length > 1 && !told.stacked;
  return make(
    "figure",
    { id: told.key, "aria-labelledby": `${told.key}-title` },
    make("figcaption", { id: `${told.key}-title` }, make("h4", {}, told.title)),
    told.legend?.length > 0 &&
      make(
        "ul",
        { class: "legend" },
        told.legend.map((each) => make("li", {}, swatch(each.shape, coloured(each.color)), ` ${each.name}`)),
      ),
    make("div", { class: several ? "panels several" : "panels" }, panels),
    reading([
      ["What it shows", told.shows],
      ["How to read it", told.reading],
      ["Mind", told.note],
    ]),
    folded(told.table.title, told.table.columns, told.table.rows),
    downloads(told.key, charts, told.table),
  );
}

/** Return words on how to read a figure. */
export function reading(parts) {
  return make(
    "dl",
    { class: "reading" },
    parts
      .filter(([, text]) => text)
      .map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text))),
  );
}

function tabulated(told) {
  const label = { label: told.title };
  return make(
    "figure",
    { id: told.key, class: "table", "aria-labelledby": `${told.key}-title` },
    make("figcaption", { id: `${told.key}-title` }, make("h4", {}, told.title)),
    told.folded ? folded("Open the table", told.columns, told.rows) : table(told.columns, told.rows, label),
    told.note && make("p", { class: "note" }, told.note),
    told.citations.length > 0 &&
      make(
        "details",
        { class: "data" },
        make("summary", {}, "Reports behind the figures"),
        make(
          "ul",
          { class: "citations" },
          told.citations.map((each) => make("li", {}, each)),
        ),
      ),
    downloads(told.key, [], told),
  );
}

/** Return the fold with what of a figure can be saved: charts {chart, title}, and the table as CSV. */
export function downloads(key, charts, told) {
  const chartwise = charts.map(({ chart, title }, place) => {
    const name = charts.length > 1 ? `${key}-${place + 1}` : key;
    const button = (kind) =>
      make(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-label": `Save ${title || "the chart"} as ${kind.toUpperCase()}`,
          onclick: () => chart.download(name, kind),
        },
        kind.toUpperCase(),
      );
    return make("li", {}, title || "Chart", " ", button("svg"), " ", button("png"));
  });
  const fields = () => told.columns.map((column) => column.field ?? column.title);
  const data =
    told &&
    make(
      "li",
      {},
      "Numbers ",
      make(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-label": `Save the numbers of ${told.title} as CSV`,
          onclick: () => save(`${told.key}.csv`, csv(fields(), told.values ?? told.rows), "text/csv"),
        },
        "CSV",
      ),
    );
  return make(
    "details",
    { class: "data save" },
    make("summary", {}, "Download"),
    make("ul", {}, chartwise, data),
  );
}
