// Drawing: on the map of a run, and above any <textarea data-map-draw>, whose value is the shape as GeoJSON.
import { TerraDraw, TerraDrawPolygonMode, TerraDrawRectangleMode, TerraDrawSelectMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";

import { addOutlines, assets, boxOf, canDraw, collection, makeMap, ready, words } from "./base.js";

const DIGITS = 6;
const FLAGS = { polygon: { feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } } } };
FLAGS.rectangle = FLAGS.polygon;

export function startDrawing(map) {
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: DIGITS }),
    modes: [new TerraDrawPolygonMode(), new TerraDrawRectangleMode(), new TerraDrawSelectMode({ flags: FLAGS })],
  });
  draw.start();
  draw.setMode("select");
  return draw;
}

export const shapesOf = (draw) => draw.getSnapshot().filter((each) => each.geometry.type === "Polygon" && each.properties.mode !== "select");

export function geometryOf(features) {
  const parts = features.map((each) => each.geometry.coordinates);
  if (!parts.length) return "";
  return JSON.stringify(parts.length === 1 ? { type: "Polygon", coordinates: parts[0] } : { type: "MultiPolygon", coordinates: parts });
}

export async function attachDrawing(field) {
  if (!canDraw()) return;
  const place = document.createElement("div");
  place.className = "map-small";
  const tools = document.createElement("div");
  tools.className = "draw-tools";
  tools.setAttribute("role", "group");
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = words.drawHint;
  field.before(place, tools, hint);
  const inner = document.createElement("div");
  place.append(inner);
  const map = makeMap(inner);
  const around = field.dataset.outlines ?? field.form?.dataset.outlines ?? assets.outlines;
  const outlines = around ? await addOutlines(map, around) : null;
  await ready(map);
  const current = await standing(map, field);
  const draw = startDrawing(map);
  fill(draw, field.value);
  const box = boxOf(shapeIn(field.value)) ?? (current && boxOf(current)) ?? (outlines && boxOf(outlines));
  if (box) map.fitBounds(box, { padding: 30, animate: false });
  let own = false;
  const write = () => {
    own = true;
    field.value = geometryOf(shapesOf(draw));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    own = false;
  };
  draw.on("finish", () => { draw.setMode("select"); press(tools, "select"); write(); });
  draw.on("change", (ids, kind) => { if (kind === "delete") write(); });
  field.addEventListener("change", () => { if (!own) { draw.clear(); fill(draw, field.value); const now = boxOf(shapeIn(field.value)); if (now) map.fitBounds(now, { padding: 30, animate: false }); } });
  for (const [mode, said] of [["polygon", words.draw], ["rectangle", words.box], ["select", words.change]]) {
    tools.append(button(said, mode, () => { draw.setMode(mode); press(tools, mode); }));
  }
  tools.append(button(words.clear, "clear", () => { draw.clear(); write(); }));
  press(tools, "select");
  field.mapDrawing = { map, draw };
}

// What stands there now, where the form says so: shown behind, and left as it is unless something is drawn.
async function standing(map, field) {
  const url = field.form?.dataset.mapCurrent;
  const found = url ? await fetch(url) : null;
  if (!found?.ok) return null;
  const shapes = await found.json();
  addShapes(map, "standing", shapes);
  return shapes;
}

export async function attachShowing(place) {
  if (!canDraw()) return;
  const named = place.dataset.mapShow;
  const inline = named.startsWith("#") ? document.querySelector(named) : null;
  const shapes = inline ? JSON.parse(inline.textContent) : await fetch(named).then((answer) => (answer.ok ? answer.json() : null));
  if (!shapes) return;
  place.classList.add("map-small");
  const inner = document.createElement("div");
  place.append(inner);
  const map = makeMap(inner, { label: place.dataset.label });
  const around = place.dataset.outlines ?? assets.outlines;
  const outlines = around ? await addOutlines(map, around) : null;
  await ready(map);
  addShapes(map, "shown", collection(shapes));
  if (collection(shapes).features.some((each) => each.properties?.text)) tellOf(map, place);
  const box = boxOf(collection(shapes)) ?? (outlines && boxOf(outlines));
  if (box) map.fitBounds(box, { padding: 40, animate: false, maxZoom: 14 });
}

// Shapes in one colour, or each in its own where it names one: a map of sites by class.
export function addShapes(map, name, data, colour = "#0b57d0") {
  if (map.getSource(name)) return map.getSource(name).setData(data);
  const owns = ["has", "fill"];
  map.addSource(name, { type: "geojson", data });
  map.addLayer({ id: `${name}-fill`, type: "fill", source: name, paint: { "fill-color": ["coalesce", ["get", "fill"], colour], "fill-opacity": ["case", owns, 0.85, 0.15] } });
  map.addLayer({ id: `${name}-edge`, type: "line", source: name, filter: owns, paint: { "line-color": "#59636e", "line-width": 0.6 } });
  map.addLayer({ id: `${name}-line`, type: "line", source: name, filter: ["!", owns], paint: { "line-color": colour, "line-width": 2, "line-dasharray": [3, 1] } });
}

// What a shape says, in words below the map, when it is pointed at or touched.
function tellOf(map, place) {
  const says = document.createElement("p");
  says.className = "hint map-says";
  says.setAttribute("role", "status");
  says.textContent = words.point ?? "";
  place.after(says);
  for (const kind of ["mousemove", "click"]) {
    map.on(kind, "shown-fill", (event) => {
      const said = event.features[0].properties.text;
      if (said && says.textContent !== said) says.textContent = said;
    });
  }
}

function fill(draw, text) {
  const round = (part) => (typeof part[0] === "number" ? part.slice(0, 2).map((each) => Number(each.toFixed(DIGITS))) : part.map(round));
  const features = [];
  for (const feature of collection(shapeIn(text)).features) {
    const { type, coordinates } = feature.geometry;
    for (const rings of type === "MultiPolygon" ? coordinates : type === "Polygon" ? [coordinates] : []) {
      features.push({ type: "Feature", properties: { mode: "polygon" }, geometry: { type: "Polygon", coordinates: round(rings) } });
    }
  }
  if (features.length) draw.addFeatures(features);
}

function shapeIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { type: "FeatureCollection", features: [] };
  }
}

function button(text, name, act) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "second", textContent: text });
  made.dataset.act = name;
  made.addEventListener("click", act);
  return made;
}

export function press(tools, name) {
  for (const each of tools.querySelectorAll("[data-act]")) if (each.dataset.act !== "clear") each.setAttribute("aria-pressed", String(each.dataset.act === name));
}
