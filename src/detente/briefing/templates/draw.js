"use strict";
// Draws each chart from the specification beside it. The interpreter (ast) needs no eval; nothing is fetched.
(function () {
  const refuse = () => Promise.reject(new Error("this page loads nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
  const options = {
    mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
    tooltip: { disableDefaultStyle: true }, loader: loader,
  };
  const draw = (place) => {
    const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
    return vegaEmbed(place, spec, options).then((result) => {
      const svg = place.querySelector("svg");
      svg.setAttribute("aria-hidden", "true");
      svg.setAttribute("focusable", "false");
      return result;
    });
  };
  const places = Array.from(document.querySelectorAll("[data-spec]"));
  Promise.all(places.map(draw)).then(
    () => { document.documentElement.dataset.charts = "drawn"; },
    (error) => { document.documentElement.dataset.charts = "failed"; console.error(error); });
})();
