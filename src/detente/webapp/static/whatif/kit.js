// Controls of one kind each: they show a part of the state, and change it. `desk` has the state, and
// move(name, value, done).

import { make } from "../dom.js";

/** Return a slider; at `rest` its parameter is left out. `shown` tells a value in words. */
export function slider(desk, { name, title, min, max, step, rest, shown, about, why }) {
  const id = `c-${name}`,
    value = Number(desk.state.get(name) ?? rest);
  const told = make("output", { for: id }, shown(value));
  const input = make("input", { id, type: "range", min, max, step, "aria-valuetext": shown(value) });
  input.value = value;
  const move = (done) => {
    const now = Number(input.value);
    told.textContent = shown(now);
    input.setAttribute("aria-valuetext", shown(now));
    held.classList.toggle("changed", now !== rest);
    desk.move(name, now === rest ? null : String(Number(now.toFixed(4))), done);
  };
  input.addEventListener("input", () => move(false));
  input.addEventListener("change", () => move(true));
  const held = control(
    name,
    [make("div", { class: "row" }, make("label", { for: id }, title), told), input],
    { about, why },
  );
  held.classList.toggle("changed", desk.state.get(name) !== null);
  return held;
}

/** Return a choice of one; the empty key leaves the parameter out. */
export function choice(desk, { name, title, options, about, why }) {
  const id = `c-${name}`,
    given = desk.state.get(name) ?? "";
  const select = make(
    "select",
    { id },
    options.map((each) => make("option", { value: each.key }, each.title)),
  );
  if (!options.some((each) => each.key === given)) select.append(make("option", { value: given }, given));
  select.value = given;
  const held = control(name, [make("label", { for: id }, title), select], { about, why });
  select.addEventListener("change", () => {
    held.classList.toggle("changed", select.value !== "");
    desk.move(name, select.value || null, true);
  });
  held.classList.toggle("changed", given !== "");
  return held;
}

/** Return a switch: the parameter has `value`, beside others it may have, or it does not. */
export function tick(desk, { name, value, title, about, why, several = false }) {
  const id = `c-${name}-${value}`;
  const box = make("input", { id, type: "checkbox" });
  box.checked = several ? desk.state.all(name).includes(value) : desk.state.get(name) !== null;
  const held = control(
    several ? `${name}=${value}` : name,
    [make("div", { class: "row switch" }, box, make("label", { for: id }, title))],
    { about, why },
  );
  box.addEventListener("change", () => {
    held.classList.toggle("changed", box.checked);
    if (several) desk.toggle(name, value, box.checked);
    else desk.move(name, box.checked ? value : null, true);
  });
  held.classList.toggle("changed", box.checked);
  return held;
}

/** Return a field for a whole number; what it holds goes to the server as it is, which says what is wrong with it. */
export function whole(desk, { name, title, min, max, otherwise, about }) {
  const id = `c-${name}`;
  const input = make("input", {
    id,
    type: "number",
    min,
    max,
    step: 1,
    placeholder: String(otherwise),
    inputmode: "numeric",
  });
  input.value = desk.state.get(name) ?? "";
  input.addEventListener("change", () =>
    desk.move(name, input.value === "" && !input.validity.badInput ? null : input.value || "?", true),
  );
  return control(name, [make("div", { class: "row" }, make("label", { for: id }, title), input)], { about });
}

/** Return parts as one control, with words on it; `name` is where the server says that something is wrong. */
export function control(name, parts, { about, why } = {}) {
  return make(
    "div",
    { class: "control", "data-name": name },
    parts,
    about && make("p", { class: "about" }, about),
    why && make("details", { class: "why" }, make("summary", {}, "why so"), make("p", {}, why)),
  );
}

/** Return controls as a group that folds; how many are changed stands in its head. */
export function group(title, controls, { open = false, intro = null } = {}) {
  const count = make("span", { class: "count" });
  const held = make(
    "details",
    { class: "group", open },
    make("summary", {}, title, " ", count),
    intro && make("p", { class: "about" }, intro),
    controls,
  );
  const recount = () => {
    const changed = held.querySelectorAll(".control.changed").length;
    count.textContent = changed ? `(${changed})` : "";
    return changed;
  };
  held.addEventListener("change", recount);
  if (recount()) held.open = true;
  return held;
}
