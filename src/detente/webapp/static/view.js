// A view that tells what was worked out: sentences, figures and tables, as the brief has them.

import { onpush } from "./address.js";
import { make } from "./dom.js";
import { numbers, section } from "./exhibits.js";
import { address, ask } from "./net.js";
import { patchButton } from "./patch.js";

const WAIT = 1_000;

/** Show a view; `more` adds what one view alone has, before its sections. */
export async function told(body, { view, signal }, more = () => null) {
  const waits = make("p", { class: "waits", role: "status" });
  body.append(waits);
  const found = await patient(`/api/${view}`, [...new URLSearchParams(location.search)], { signal, waits });
  if (signal.aborted) return;
  const top = make("div", {}, tools(view));
  body.replaceChildren(top);
  onpush(() => renew(top, () => tools(view)), signal);
  if (!found.available) {
    body.append(make("p", {}, found.why), make("p", { class: "note" }, found.hint));
    return;
  }
  const added = await more(found);
  body.append(
    ...[
      contents(found.sections),
      added,
      found.sections.map(section),
      found.made && made(found.made),
      missing(found.missing ?? []),
      found.numbers?.length > 0 && numbers(found.numbers),
    ]
      .flat(Infinity)
      .filter(Boolean),
  );
}

/** Ask until the answer is there, telling what is being done meanwhile. */
export async function patient(path, pairs, { signal, waits }) {
  for (;;) {
    const found = await ask(path, pairs, { signal });
    if (!found.pending) return found;
    waits.textContent = `Working it out, for the first time only: ${found.step || "measuring"} …`;
    await new Promise((resolve) => {
      setTimeout(resolve, WAIT);
    });
    if (signal.aborted) return found;
  }
}

/** Make the tools of a view anew in their place, for the address that the page has now. */
export function renew(place, made) {
  const open = place.querySelector("details")?.open,
    focused = place.contains(document.activeElement) ? document.activeElement.textContent : null;
  place.replaceChildren(made());
  if (open) place.querySelector("details").open = true;
  if (focused) [...place.querySelectorAll("a, button")].find((each) => each.textContent === focused)?.focus();
}

/** Return the line with help, the JSON twin, the patch and the downloads of a view; `pairs` returns its state. */
export function tools(
  view,
  { pairs: state = () => [...new URLSearchParams(location.search)], rest = [] } = {},
) {
  const pairs = [...new URLSearchParams(location.search)];
  const file = (what) => address("/api/download", [["view", view], ["what", what], ...pairs]);
  return make(
    "div",
    { class: "tools" },
    make("details", { class: "help" }, make("summary", {}, "How to read this"), help()),
    make(
      "ul",
      { class: "links" },
      make("li", {}, make("a", { href: address(`/api/${view}`, pairs), class: "json" }, "JSON")),
      make("li", {}, make("a", { href: file("csv"), download: true }, "All tables (CSV)")),
      make("li", {}, patchButton(view, state)),
      rest.map((each) => make("li", {}, each)),
    ),
  );
}

function help() {
  return make(
    "div",
    {},
    make(
      "p",
      {},
      "Small marks after numbers: S is sourced from a row of evidence, E estimated with an interval, A assumed ",
      "by the case. A mark leads to the list of numbers at the end, which says where each comes from.",
    ),
    make(
      "p",
      {},
      "Bands and thin lines are intervals. Where they overlap, the data cannot tell the difference; a long ",
      "one means few data. Point at a mark of a chart for its figures, or open the table beneath it.",
    ),
    make(
      "p",
      {},
      "The address of this page restores exactly what you see, and can be passed on with the case.",
    ),
  );
}

function contents(sections) {
  if (sections.length < 2) return null;
  return make(
    "nav",
    { class: "contents", "aria-label": "Sections of this view" },
    make(
      "ul",
      {},
      sections.map((each) => make("li", {}, make("a", { href: `#${each.key}` }, each.title))),
    ),
  );
}

function made(facts) {
  return make(
    "section",
    { "aria-labelledby": "made-heading" },
    make("h3", { id: "made-heading" }, "How these numbers were made"),
    make(
      "dl",
      { class: "made" },
      Object.entries(facts).map(([name, value]) =>
        make("div", {}, make("dt", {}, name.replaceAll("_", " ")), make("dd", {}, worded(value))),
      ),
    ),
  );
}

/** Return a fact in words: lists by their length, parts one after another. */
function worded(value) {
  if (Array.isArray(value))
    return value.some((each) => typeof each === "object") ? `${value.length} entries` : value.join(", ");
  if (value === null || typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name.replaceAll("_", " ")} ${worded(each)}`)
    .join("; ");
}

function missing(rows) {
  if (!rows.length) return null;
  return make(
    "section",
    { class: "gaps", "aria-labelledby": "gaps-heading" },
    make("h3", { id: "gaps-heading" }, "What cannot be said"),
    make(
      "ul",
      {},
      rows.map((row) =>
        make(
          "li",
          {},
          [row.what, row.why].filter(Boolean).join(": "),
          row.hint && make("span", { class: "hint" }, row.hint),
        ),
      ),
    ),
  );
}
