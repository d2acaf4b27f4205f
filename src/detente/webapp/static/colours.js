// Charts come in the colours of paper. On a dark page each colour has another, of the same meaning.

const DARK = {
  "#1c2430": "#e6e9ed",
  "#5c6672": "#a7b1bc",
  "#c9ced4": "#4d5661",
  "#e9ebee": "#2a3139",
  "#dcdfe3": "#363e47",
  "#a9b1ba": "#6b7682",
  "#1f4e79": "#79b0e0",
  "#b3541e": "#e5925f",
  "#3b7d6e": "#74c2b0",
  "#7a4a86": "#c594d1",
  "#8a7a1f": "#cdbb54",
  "#8c3f14": "#e8a06b",
  white: "#14181d",
};
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Return a colour as it is shown on this page. */
export function shown(colour) {
  return dark.matches ? (DARK[colour] ?? colour) : colour;
}

/** Return a specification in the colours of this page. */
export function recoloured(spec) {
  return dark.matches ? replaced(spec) : spec;
}

/** Call back when the reader changes between light and dark. */
export function onchange(back) {
  dark.addEventListener("change", back);
}

function replaced(value) {
  if (typeof value === "string") return DARK[value] ?? value;
  if (Array.isArray(value)) return value.map(replaced);
  if (value === null || typeof value !== "object" || isRamp(value) || isOnRamp(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each)]));
}

/** Ramps stay as they are: words say that darker is more. */
function isRamp(value) {
  return value.type === "quantitative" && Array.isArray(value.scale?.range);
}

/** So do figures written on them, light on dark cells and dark on light ones. */
function isOnRamp(value) {
  return value.condition?.value === "white";
}
