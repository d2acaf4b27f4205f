// What is wrong, where, and what to do about it.

import { make } from "./dom.js";

/** Return problems as an alert, with a link or a button beneath. */
export function problems(held, rest = null) {
  return make(
    "div",
    { class: "problems", role: "alert" },
    make(
      "ul",
      {},
      held.map((each) => make("li", {}, words(each))),
    ),
    rest && make("p", {}, rest),
  );
}

/** Return a problem as elements. */
export function words({ where, what, hint }) {
  return [make("b", {}, where), ` ${what}`, hint && make("span", { class: "hint" }, hint)];
}
