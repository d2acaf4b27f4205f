// Charts by Vega, which loads once, beside the rest. Its interpreter needs no eval; nothing else is fetched.

import { onchange, recoloured } from "./colours.js";
import { drawn, make, save } from "./dom.js";

const SCRIPTS = ["vega", "vega-lite", "vega-embed"];
const MARGIN = "500px";
const SCALE = 2;
const refuse = () => Promise.reject(new Error("this page loads nothing"));
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
const OPTIONS = {
  mode: "vega-lite",
  renderer: "svg",
  ast: true,
  actions: false,
  defaultStyle: false,
  loader,
  tooltip: { disableDefaultStyle: true },
};
const held = new Set();
let loading = null;

/** Load Vega, once. */
export function ready() {
  loading ??= Promise.all(
    SCRIPTS.map(
      (name) =>
        new Promise((resolve, reject) => {
          const script = make("script", { src: `/vendor/${name}.min.js`, onload: resolve, onerror: reject });
          script.async = false;
          document.head.append(script);
        }),
    ),
  );
  return loading;
}

/** A chart in its place: drawn when it comes near the window, drawn again when the colours change. */
export class Chart {
  constructor(place, spec) {
    this.place = place;
    this.spec = spec;
    this.view = null;
    this.given = {};
    this.near = false;
    this.late = false;
    held.add(this);
    near.observe(place);
  }

  async draw() {
    await ready();
    if (!held.has(this)) return;
    this.view?.finalize();
    this.late = false;
    const { view } = await globalThis.vegaEmbed(this.place, recoloured(this.whole()), OPTIONS);
    if (!held.has(this)) {
      view.finalize();
      return;
    }
    this.view = view;
    const svg = this.place.querySelector("svg");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("focusable", "false");
    this.place.dataset.drawn = "";
    if (this.late) await this.change(this.given);
  }

  /** Hear whether the chart is in the window, or nearly. */
  seen(near) {
    this.near = near;
    if (near && !this.view) this.draw().catch(console.error);
    else if (near && this.late) this.change(this.given).catch(console.error);
  }

  /** Draw other rows, and set signals, without making the chart anew; `given` is {rows, signals}. A chart that
   * is out of sight is drawn when it comes into sight. */
  async change(given) {
    this.given = given;
    this.late = !this.view || !this.near;
    if (this.late) return;
    const { rows, signals = {} } = given;
    for (const [name, value] of Object.entries(signals)) this.view.signal(name, value);
    this.view.change(
      "rows",
      globalThis.vega
        .changeset()
        .remove(() => true)
        .insert(rows.map((row) => ({ ...row }))),
    );
    await this.view.runAsync();
  }

  /** The specification with the rows that it shows now. */
  whole() {
    if (!this.given.rows) return this.spec;
    const params = this.spec.params?.map((each) => ({
      ...each,
      value: this.given.signals?.[each.name] ?? each.value,
    }));
    return { ...this.spec, ...(params && { params }), data: { name: "rows", values: this.given.rows } };
  }

  /** Save the chart as it would be on paper, whatever the colours of the page. */
  async download(name, kind) {
    await ready();
    const spec = { ...this.whole(), width: Math.max(this.place.clientWidth, 320), background: "white" };
    const { view } = await globalThis.vegaEmbed(make("div"), spec, OPTIONS);
    if (kind === "svg") save(`${name}.svg`, await view.toSVG(), "image/svg+xml");
    else save(`${name}.png`, await view.toImageURL("png", SCALE));
    view.finalize();
  }

  drop() {
    held.delete(this);
    near.unobserve(this.place);
    this.view?.finalize();
  }
}

/** Let go of every chart of a view that is left. */
export function dropAll() {
  for (const chart of [...held]) chart.drop();
}

const near = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      for (const chart of held) if (chart.place === entry.target) chart.seen(entry.isIntersecting);
    }
  },
  { rootMargin: MARGIN },
);

onchange(() => {
  for (const chart of held) if (chart.view) chart.draw().catch(console.error);
});
addEventListener("beforeprint", () => {
  for (const chart of held) if (!chart.view) chart.draw().catch(console.error);
});

const SWATCHES = {
  circle: "M10 6A4 4 0 1 1 2 6 4 4 0 0 1 10 6z",
  square: "M2.4 2.4h7.2v7.2H2.4z",
  "triangle-up": "M6 1.6 10.6 10H1.4z",
  diamond: "M6 1 11 6 6 11 1 6z",
  cross: "M4.4 1.6h3.2v2.8h2.8v3.2H7.6v2.8H4.4V7.6H1.6V4.4h2.8z",
  "triangle-down": "M6 10.4 10.6 2H1.4z",
};

/** The small drawing beside a name, in the colour and shape that the charts use. */
export function swatch(shape, colour) {
  return drawn(
    "svg",
    { viewBox: "0 0 12 12", width: 12, height: 12, fill: colour, "aria-hidden": "true" },
    drawn("path", { d: SWATCHES[shape] ?? SWATCHES.circle }),
  );
}
