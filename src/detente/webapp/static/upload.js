// Another case, or tables for one: files that are checked by the server on this machine, every problem in place.

import { make } from "./dom.js";
import { address, Away, Refused, send } from "./net.js";
import { problems } from "./problems.js";
import { thousands } from "./tables.js";

const LARGEST = { case: 1_000_000, tables: 20_000_000 };

/** Let a button open the form. */
export function upload(button) {
  let dialog = null;
  button.addEventListener("click", () => {
    dialog ??= form();
    dialog.showModal();
  });
}

function form() {
  const input = (id, accept, multiple) =>
    make("input", { type: "file", id, name: id, accept, multiple, "aria-describedby": "case-told" });
  const one = input("case", ".yaml,.yml,.json", false),
    tables = input("tables", ".csv,.tsv,.txt,.parquet,.pq,.yaml,.yml,.json", true);
  const told = make("div", { id: "case-told" });
  const check = make("button", { type: "submit" }, "Check and open");
  const close = make("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Close");
  const body = make(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        sent(one.files[0], [...tables.files], told, check);
      },
    },
    make("h2", { id: "another-heading" }, "Another case"),
    make("p", {}, "What you choose is read on this machine, and stays on it."),
    make("p", {}, make("label", { for: "case" }, "Case file"), " ", one),
    make("p", { class: "note" }, "One YAML file of at most 1 MB. Without it, tables join the case at hand."),
    make("p", {}, make("label", { for: "tables" }, "Tables and their mappings"), " ", tables),
    make(
      "p",
      { class: "note" },
      "CSV or Parquet, 20 MB together, each with a mapping of its name: gas.csv with gas.yaml. ",
      "They go when the server ends.",
    ),
    told,
    make("p", {}, check, " ", close),
  );
  const dialog = make("dialog", { "aria-labelledby": "another-heading" }, body);
  for (const each of [one, tables]) each.addEventListener("change", () => told.replaceChildren());
  document.body.append(dialog);
  return dialog;
}

async function sent(chosen, tables, told, check) {
  const wrong = [...amiss(chosen, tables)];
  if (wrong.length) return complain(told, wrong);
  const form = new FormData();
  if (chosen) form.append("case", chosen);
  for (const each of tables) form.append("table", each);
  check.disabled = true;
  told.replaceChildren(make("p", { role: "status" }, "Checking …"));
  try {
    const found = await send(address("/api/case"), form);
    if (found.tables.length) account(told, found);
    else location.assign(found.view);
  } catch (error) {
    const where = chosen?.name ?? tables[0].name;
    if (error instanceof Refused) complain(told, error.problems);
    else if (error instanceof Away)
      complain(told, [{ where: "server", what: "does not answer", hint: "start it again" }]);
    else complain(told, [{ where, what: "could not be read", hint: "choose it again if it has changed" }]);
  } finally {
    check.disabled = false;
  }
}

function* amiss(chosen, tables) {
  if (!chosen && !tables.length) yield { where: "file", what: "none is chosen", hint: "choose one" };
  if (chosen?.size > LARGEST.case)
    yield { where: chosen.name, what: "is larger than 1 MB", hint: "put data into tables of their own" };
  if (tables.reduce((sum, each) => sum + each.size, 0) > LARGEST.tables)
    yield {
      where: "tables",
      what: "are larger than 20 MB together",
      hint: "serve the case from the folder with its tables: detente serve ./mine.yaml",
    };
}

/** Say what became of the rows of each table, before the case opens. */
function account(told, { tables, view }) {
  const line = ({ title, used, unresolved, set_aside: aside }) => {
    const left = [...unresolved, ...aside].reduce((sum, each) => sum + each.rows, 0);
    return make(
      "li",
      {},
      `${title}: ${counted(used)} used`,
      left > 0 && `, ${counted(left)} not: `,
      [...unresolved, ...aside].map((each) => `${each.label} (${each.reason})`).join("; "),
    );
  };
  const open = make("a", { href: view }, "Open the case with its tables");
  told.replaceChildren(
    make("div", { role: "status" }, make("ul", {}, tables.map(line)), make("p", {}, open)),
  );
  open.focus();
}

function counted(rows) {
  return `${thousands(rows)} ${rows === 1 ? "row" : "rows"}`;
}

function complain(told, held) {
  told.replaceChildren(problems(held));
  told.scrollIntoView({ block: "nearest" });
}
