// Charts that answer to the pointer: the same Vega-Lite specification that the server draws as SVG.
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";

function draw(place) {
  place.dataset.drawn = "";
  const { $schema, ...spec } = JSON.parse(place.dataset.spec ?? document.getElementById(place.dataset.chart).textContent);
  embed(place, spec, { mode: "vega-lite", ast: true, expr: expressionInterpreter, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } });
}

function drawAll() {
  for (const place of document.querySelectorAll("[data-chart]:not([data-drawn])")) draw(place);
}

drawAll();
document.addEventListener("htmx:afterSettle", drawAll); // parts that came later
