// Tables, as the server shows them; and as CSV.

import { make } from "./dom.js";

const DIGITS = 3;

/** Return a table element: columns {title, figure}, rows of texts. */
export function table(columns, rows, { label } = {}) {
  const side = (column) => (column.figure ? "n" : false);
  const head = make(
    "tr",
    {},
    columns.map((column) =>
      column.title ? make("th", { scope: "col", class: side(column) }, column.title) : make("td", {}),
    ),
  );
  const body = rows.map((row) =>
    make(
      "tr",
      {},
      row.map((cell, place) =>
        place === 0
          ? make("th", { scope: "row", class: side(columns[place]) }, cell)
          : make("td", { class: side(columns[place]) }, cell),
      ),
    ),
  );
  const made = make(
    "table",
    { class: columns.length < 3 ? "narrow" : false },
    make("thead", {}, head),
    make("tbody", {}, body),
  );
  return make("div", { class: "wide", tabindex: 0, role: "region", "aria-label": `${label}: table` }, made);
}

/** Return a table in a fold, drawn when it is first opened. */
export function folded(title, columns, rows) {
  const fold = make("details", { class: "data" }, make("summary", {}, `${title} (${rows.length} rows)`));
  fold.addEventListener("toggle", () => {
    if (fold.open && fold.childElementCount === 1) fold.append(table(columns, rows, { label: title }));
  });
  return fold;
}

/** Return a value as text: figures to three digits, a dash where nothing is known. */
export function shown(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return String(value).replace("-", "−");
  return value
    .toLocaleString("en-GB", { minimumSignificantDigits: DIGITS, maximumSignificantDigits: DIGITS })
    .replace("-", "−");
}

/** Return a whole number with commas between thousands. */
export function thousands(number) {
  return number.toLocaleString("en-GB");
}

/** Return a share as per cent. */
export function percent(share) {
  return share === null || share === undefined ? "–" : `${Math.round(100 * share)} %`;
}

/** Return rows of values as CSV. */
export function csv(columns, rows) {
  const cell = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}
