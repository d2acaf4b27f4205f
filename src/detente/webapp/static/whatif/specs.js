// What the what-if draws, as Vega-Lite: in the look of the brief's charts, with rows that are changed as sliders move.

const INK = "#1c2430", QUIET = "#5c6672", FAINT = "#c9ced4", BLUE = "#1f4e79";
const CONFIG = {
  font: "'Source Sans 3', 'Source Sans Pro', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif",
  background: "transparent", aria: false, padding: 2, view: { stroke: null },
  axis: {
    labelColor: INK, titleColor: QUIET, labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal", domainColor: FAINT,
    tickColor: FAINT, gridColor: "#e9ebee", gridWidth: 0.7, titlePadding: 8,
  },
  axisY: { domain: false, ticks: false, labelPadding: 6 },
};
const FIT = { width: "container", autosize: { type: "fit-x", contains: "padding" }, config: CONFIG, data: { name: "rows", values: [] } };
const TIME = {
  field: "time", type: "temporal", title: null, axis: { format: "%Y", tickCount: "year", grid: false, labelOverlap: true, labelFlush: true },
};
const SHARE = { type: "quantitative", title: null, scale: { domain: [0, 1] }, axis: { format: "%", tickCount: 4 } };
const BASE = { mark: { type: "line", stroke: QUIET, strokeDash: [4, 3], strokeWidth: 1.4 } };
const tip = (pairs) => pairs.map(([field, title, format, type = "quantitative"]) => ({ field, title, format, type }));
const DAY = ["time", "time", "%B %Y", "temporal"];

/** A fan over time, with the middle of the baseline dashed; its axis runs from `lo` to `hi`. */
export function fan() {
  const y = (field) => ({
    field, type: "quantitative", title: null, axis: { format: ".2~f", tickCount: 4 },
    scale: { domainMin: { expr: "lo" }, domainMax: { expr: "hi" }, nice: false, zero: false },
  });
  const band = (low, high, opacity) => ({
    mark: { type: "area", color: BLUE, opacity, line: false }, encoding: { y: y(low), y2: { field: high } },
  });
  return {
    ...FIT, height: 130, params: [{ name: "lo", value: 0 }, { name: "hi", value: 1 }],
    encoding: { x: { ...TIME, scale: { nice: false } } },
    layer: [
      band("p5", "p95", 0.14), band("p25", "p75", 0.26), { ...BASE, encoding: { y: y("base_p50") } },
      { mark: { type: "line", color: BLUE, strokeWidth: 1.8 }, encoding: { y: y("p50") } },
      { mark: { type: "point", filled: true, size: 26, color: BLUE, opacity: 1 }, encoding: { y: y("p50"), tooltip: tip([
        DAY, ["p50", "middle", ".3f"], ["base_p50", "baseline", ".3f"], ["p25", "half from", ".3f"], ["p75", "half to", ".3f"],
        ["p5", "nine tenths from", ".3f"], ["p95", "nine tenths to", ".3f"],
      ]) } },
    ],
  };
}

/** How often a decision passes on each of its days, with its interval, and the baseline hollow; `span` are the ends. */
export function passing(span) {
  const y = (field) => ({ ...SHARE, field });
  return {
    ...FIT, height: 130, encoding: { x: { ...TIME, scale: { domain: span, nice: false } } },
    layer: [
      { ...BASE, encoding: { y: y("base") } },
      { mark: { type: "point", filled: false, size: 46, stroke: QUIET, opacity: 1 }, encoding: { y: y("base") } },
      { mark: { type: "line", color: BLUE, strokeWidth: 1.8 }, encoding: { y: y("passes") } },
      { mark: { type: "rule", color: BLUE, strokeWidth: 1.6 }, encoding: { y: y("low"), y2: { field: "high" } } },
      { mark: { type: "point", filled: true, size: 40, color: BLUE, opacity: 1 }, encoding: { y: y("passes"), tooltip: tip([
        DAY, ["passes", "passes", ".0%"], ["low", "from", ".0%"], ["high", "to", ".0%"], ["base", "baseline", ".0%"],
      ]) } },
    ],
  };
}

/** Who is beyond a line at the end, the likeliest on top; the baseline hollow. */
export function crossing() {
  const y = { field: "name", type: "nominal", sort: { field: "place" }, title: null, axis: { labelLimit: 130, grid: true } };
  const x = (field) => ({ ...SHARE, field });
  return {
    ...FIT, height: { step: 20 }, encoding: { y },
    layer: [
      { mark: { type: "rule", color: BLUE, strokeWidth: 1.6 }, encoding: { x: x("low"), x2: { field: "high" } } },
      { mark: { type: "point", filled: false, size: 60, stroke: QUIET, opacity: 1 }, encoding: { x: x("base") } },
      { mark: { type: "point", filled: true, size: 46, color: BLUE, opacity: 1 }, encoding: { x: x("crossed"), tooltip: tip([
        ["name", " ", undefined, "nominal"], ["crossed", "beyond it at the end", ".0%"], ["low", "from", ".0%"], ["high", "to", ".0%"],
        ["base", "baseline", ".0%"], ["start", "at the start", ".0%"],
      ]) } },
    ],
  };
}
