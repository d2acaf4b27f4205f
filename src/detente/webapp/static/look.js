// The look of the charts that the page makes itself: that of the brief's.

export const INK = "#1c2430",
  QUIET = "#5c6672",
  BLUE = "#1f4e79";
const FAINT = "#c9ced4";
const CONFIG = {
  font: "'Source Sans 3', 'Source Sans Pro', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif",
  background: "transparent",
  aria: false,
  padding: 2,
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: QUIET,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    domainColor: FAINT,
    tickColor: FAINT,
    gridColor: "#e9ebee",
    gridWidth: 0.7,
    titlePadding: 8,
  },
  axisY: { domain: false, ticks: false, labelPadding: 6 },
  text: { fontSize: 11, color: INK },
};

/** What every chart begins with: as wide as its place, and rows that can be changed. */
export const FIT = {
  width: "container",
  autosize: { type: "fit-x", contains: "padding" },
  config: CONFIG,
  data: { name: "rows", values: [] },
};

/** Return tooltips from pairs of field, title, format and type. */
export function tip(pairs) {
  return pairs.map(([field, title, format, type = "quantitative"]) => ({ field, title, format, type }));
}
