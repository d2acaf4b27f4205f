// What was explored, as a case patch: to be copied, saved, run and cited.

import { copy, make, save } from "./dom.js";
import { Away, Refused, text } from "./net.js";
import { problems } from "./problems.js";
import { lost } from "./server.js";

const WAIT = 1_000;

/** Return a button that shows the patch of a view; `pairs` returns the state that it is made from. */
export function patchButton(view, pairs) {
  return make(
    "button",
    { type: "button", class: "plain", onclick: () => show(view, pairs()) },
    "Copy as case patch",
  );
}

async function show(view, pairs) {
  const pre = make("pre", { tabindex: 0 }),
    told = make("div", {}, make("p", { role: "status" }, "Making it …")),
    note = make("p", { class: "note", role: "status" });
  const dialog = make(
    "dialog",
    { "aria-labelledby": "patch-heading" },
    make("h2", { id: "patch-heading" }, "What was explored, as a case patch"),
    told,
  );
  const button = (name, work) => make("button", { type: "button", onclick: work }, name);
  const close = button("Close", () => dialog.close());
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  try {
    pre.textContent = await patient(view, pairs, dialog);
    const name = view === "whatif" ? "what-if.yaml" : "patch.yaml";
    const copied = async () => {
      note.textContent = (await copy(pre.textContent))
        ? "Copied."
        : "The browser does not let the page copy: mark the text and copy it.";
    };
    told.replaceChildren(
      make("p", {}, "Save it as a file; its first lines say how to run it."),
      pre,
      make(
        "p",
        {},
        button("Copy", copied),
        " ",
        button("Save", () => save(name, pre.textContent, "application/yaml")),
        " ",
        close,
      ),
      note,
    );
    await copied();
  } catch (error) {
    if (error instanceof Refused) told.replaceChildren(problems(error.problems), make("p", {}, close));
    else {
      dialog.close();
      if (error instanceof Away) lost();
      else console.error(error);
    }
  }
}

/** Ask until the view that the patch is made from is there, or the reader closes the dialog. */
async function patient(view, pairs, dialog) {
  for (;;) {
    const found = await text("/api/patch", [["view", view], ...pairs]);
    if (!found.startsWith("{") || !dialog.open) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, WAIT);
    });
  }
}
