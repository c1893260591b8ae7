// Charts that answer to the pointer: the same Vega-Lite specification that the server draws as SVG.
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";

for (const place of document.querySelectorAll("[data-chart]")) {
  const { $schema, ...spec } = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  embed(place, spec, { mode: "vega-lite", ast: true, expr: expressionInterpreter, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } });
}
