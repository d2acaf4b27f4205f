// What the what-if draws, as Vega-Lite: in the look of the brief's charts, with rows that are changed as sliders move.

import { BLUE, FIT, QUIET, tip } from "../look.js";

const TIME = {
  field: "time",
  type: "temporal",
  title: null,
  axis: { format: "%Y", tickCount: "year", grid: false, labelOverlap: true, labelFlush: true },
};
const SHARE = {
  type: "quantitative",
  title: null,
  scale: { domain: [0, 1] },
  axis: { format: "%", tickCount: 4 },
};
const BASE = { mark: { type: "line", stroke: QUIET, strokeDash: [4, 3], strokeWidth: 1.4 } };
const ENDS = [
  { name: "lo", value: 0 },
  { name: "hi", value: 1 },
];
const ROW = 20;
const DAY = ["time", "time", "%B %Y", "temporal"];

/** A fan over time, with the middle of the baseline dashed; its axis runs from `lo` to `hi`. */
export function fan() {
  const y = (field) => ({
    field,
    type: "quantitative",
    title: null,
    axis: { format: ".2~f", tickCount: 4 },
    scale: { domainMin: { expr: "lo" }, domainMax: { expr: "hi" }, nice: false, zero: false },
  });
  const band = (low, high, opacity) => ({
    mark: { type: "area", color: BLUE, opacity, line: false },
    encoding: { y: y(low), y2: { field: high } },
  });
  return {
    ...FIT,
    height: 130,
    params: ENDS,
    encoding: { x: { ...TIME, scale: { nice: false } } },
    layer: [
      band("p5", "p95", 0.14),
      band("p25", "p75", 0.26),
      { ...BASE, encoding: { y: y("base_p50") } },
      { mark: { type: "line", color: BLUE, strokeWidth: 1.8 }, encoding: { y: y("p50") } },
      {
        mark: { type: "point", filled: true, size: 26, color: BLUE, opacity: 1 },
        encoding: {
          y: y("p50"),
          tooltip: tip([
            DAY,
            ["p50", "middle", ".3f"],
            ["base_p50", "baseline", ".3f"],
            ["p25", "half from", ".3f"],
            ["p75", "half to", ".3f"],
            ["p5", "nine tenths from", ".3f"],
            ["p95", "nine tenths to", ".3f"],
          ]),
        },
      },
    ],
  };
}

/** How often a decision passes on each of its days, with its interval, and the baseline hollow, from `lo` to `hi`. */
export function passing() {
  const y = (field) => ({ ...SHARE, field });
  return {
    ...FIT,
    height: 130,
    params: ENDS,
    encoding: {
      x: { ...TIME, scale: { domainMin: { expr: "lo" }, domainMax: { expr: "hi" }, nice: false } },
    },
    layer: [
      { ...BASE, encoding: { y: y("base") } },
      {
        mark: { type: "point", filled: false, size: 46, stroke: QUIET, opacity: 1 },
        encoding: { y: y("base") },
      },
      { mark: { type: "line", color: BLUE, strokeWidth: 1.8 }, encoding: { y: y("passes") } },
      {
        mark: { type: "rule", color: BLUE, strokeWidth: 1.6 },
        encoding: { y: y("low"), y2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 40, color: BLUE, opacity: 1 },
        encoding: {
          y: y("passes"),
          tooltip: tip([
            DAY,
            ["passes", "passes", ".0%"],
            ["low", "from", ".0%"],
            ["high", "to", ".0%"],
            ["base", "baseline", ".0%"],
          ]),
        },
      },
    ],
  };
}

/** Who is beyond a line at the end, the likeliest on top; the baseline hollow. */
export function crossing(rows) {
  const y = {
    field: "name",
    type: "nominal",
    sort: { field: "place" },
    title: null,
    axis: { labelLimit: 130, grid: true },
  };
  const x = (field) => ({ ...SHARE, field });
  return {
    ...FIT,
    height: ROW * rows.length,
    encoding: { y },
    layer: [
      {
        mark: { type: "rule", color: BLUE, strokeWidth: 1.6 },
        encoding: { x: x("low"), x2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: false, size: 60, stroke: QUIET, opacity: 1 },
        encoding: { x: x("base") },
      },
      {
        mark: { type: "point", filled: true, size: 46, color: BLUE, opacity: 1 },
        encoding: {
          x: x("crossed"),
          tooltip: tip([
            ["name", " ", undefined, "nominal"],
            ["crossed", "beyond it at the end", ".0%"],
            ["low", "from", ".0%"],
            ["high", "to", ".0%"],
            ["base", "baseline", ".0%"],
            ["start", "at the start", ".0%"],
          ]),
        },
      },
    ],
  };
}
