// Another case: a file that is checked by the server on this machine, with every problem in place.

import { make } from "./dom.js";
import { Away, Refused, send } from "./net.js";
import { problems } from "./problems.js";

const LARGEST = 1_000_000;

/** Let a button open the form. */
export function upload(button) {
  let dialog = null;
  button.addEventListener("click", () => {
    dialog ??= form();
    dialog.showModal();
  });
}

function form() {
  const file = make("input", {
    type: "file",
    id: "case",
    name: "case",
    accept: ".yaml,.yml,.json",
    "aria-describedby": "case-told",
  });
  const told = make("div", { id: "case-told" });
  const check = make("button", { type: "submit" }, "Check and open");
  const close = make("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Close");
  const body = make(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        sent(file, told, check);
      },
    },
    make("h2", { id: "another-heading" }, "Another case"),
    make("p", {}, "A case is one YAML file of at most 1 MB. It is read on this machine, and stays on it."),
    make("p", {}, make("label", { for: "case" }, "Case file"), " ", file),
    told,
    make("p", {}, check, " ", close),
  );
  const dialog = make("dialog", { "aria-labelledby": "another-heading" }, body);
  file.addEventListener("change", () => told.replaceChildren());
  document.body.append(dialog);
  return dialog;
}

async function sent(file, told, check) {
  const [chosen] = file.files;
  if (!chosen) return complain(told, [{ where: "file", what: "none is chosen", hint: "choose one" }]);
  if (chosen.size > LARGEST) {
    return complain(told, [
      { where: chosen.name, what: "is larger than 1 MB", hint: "a case names data, it does not hold them" },
    ]);
  }
  const form = new FormData();
  form.append("case", chosen);
  check.disabled = true;
  told.replaceChildren(make("p", { role: "status" }, "Checking …"));
  try {
    const { view } = await send("/api/case", form);
    location.assign(view);
  } catch (error) {
    if (error instanceof Refused) complain(told, error.problems);
    else if (error instanceof Away)
      complain(told, [{ where: "server", what: "does not answer", hint: "start it again" }]);
    else
      complain(told, [
        { where: chosen.name, what: "could not be read", hint: "choose it again if it has changed" },
      ]);
  } finally {
    check.disabled = false;
  }
}

function complain(told, held) {
  told.replaceChildren(problems(held));
  told.scrollIntoView({ block: "nearest" });
}
