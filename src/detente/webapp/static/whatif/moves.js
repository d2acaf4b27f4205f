// Moves by hand: the position of an actor or bloc on an item, or the level of a driver there.

import { make } from "../dom.js";
import { group, slider } from "./kit.js";

const WORDS = { shift: "position", driver: "level" };

/** Return the group of moves, with a row to add another. */
export function moves(desk, told) {
  const things = [
    ...told.items.map((each) => ({ ...each, word: "shift" })),
    ...told.drivers.map((each) => ({ ...each, word: "driver" })),
  ];
  const list = make("div", {});
  const named = (name) => {
    const [word, key, who] = name.split(".");
    return {
      thing: things.find((each) => each.word === word && each.key === key),
      party: told.parties.find((each) => each.key === who),
    };
  };
  const held = () => [...desk.state.beginning("shift."), ...desk.state.beginning("driver.")];
  const add = (name) => {
    const { thing, party } = named(name);
    if (!thing || !party || [...list.children].some((each) => each.dataset.name === name)) return null;
    const row = slider(desk, {
      name,
      title: `${party.name}: ${thing.title}`,
      about: `${WORDS[thing.word]}, from the first day on`,
      min: thing.min,
      max: thing.max,
      step: thing.step,
      rest: 0,
      shown: (size) => (size > 0 ? `+${size}` : String(size).replace("-", "−")),
    });
    row.append(
      make(
        "button",
        {
          type: "button",
          class: "quiet",
          "aria-label": `Take out: ${party.name}, ${thing.title}`,
          onclick: () => {
            row.remove();
            desk.move(name, null, true);
            made.dispatchEvent(new Event("change"));
          },
        },
        "take out",
      ),
    );
    list.append(row);
    return row;
  };
  const what = make(
    "select",
    { "aria-label": "What to move" },
    things.map((each) => make("option", { value: `${each.word}.${each.key}` }, each.title)),
  );
  const who = make(
    "select",
    { "aria-label": "Whose" },
    told.parties.map((each) => make("option", { value: each.key }, each.name)),
  );
  const button = make(
    "button",
    { type: "button", onclick: () => add(`${what.value}.${who.value}`)?.querySelector("input").focus() },
    "Add a slider",
  );
  held().forEach(add);
  const made = group("Moves by hand", [list, make("div", { class: "moves" }, what, who, button)], {
    intro:
      "Move a position, or a driver such as dependence, for one member or a whole bloc. Positions run from 0 to 1.",
  });
  return made;
}
