// The map of a run: tiles, slider between two maps, steps in time, a place explained, an area measured, a link to the view.
import { addOutlines, canDraw, makeMap, ready, words } from "./base.js";
import { addShapes, geometryOf, shapesOf, startDrawing } from "./draw.js";

const byId = (id) => document.getElementById(id);
const DIGITS = 4;

export async function openRunMap(settings) {
  const says = byId("map-says");
  if (!canDraw()) {
    says.textContent = words.noMap;
    return;
  }
  for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;
  const place = byId("map");
  place.hidden = false;
  byId("map-picture").hidden = true;
  const view = viewIn(location.hash);
  const state = { settings, layer: byId("layer").value, beside: view.beside ?? "", patterns: true, split: 50, maps: [] };
  state.maps.push(await oneMap(place, settings, view));
  bindBar(state, place);
  bindTools(state, says);
  bindForms(settings);
  if (state.beside) byId("beside").value = state.beside;
  await show(state, place);
}

async function oneMap(place, settings, view, label = words.map) {
  const inner = document.createElement("div");
  place.append(inner);
  const map = makeMap(inner, { bounds: settings.bounds, label, controls: !place.children[1] });
  if (view?.center) map.jumpTo({ center: view.center, zoom: view.zoom });
  addOutlines(map, settings.outlines);
  await ready(map);
  return map;
}

async function show(state, place) {
  const { settings, maps } = state;
  setTiles(maps[0], settings.tiles, state.layer, state);
  const other = settings.second ? settings.second : settings.tiles;
  const layer = state.beside || (settings.second ? state.layer : "");
  if (layer && !maps[1]) {
    maps.push(await oneMap(place, settings, { center: maps[0].getCenter(), zoom: maps[0].getZoom() }, words.second));
    follow(maps[0], maps[1]);
    addSlider(state, place);
  }
  const parts = [...place.querySelectorAll(".map-slider, .map-seam"), maps[1]?.getContainer()].filter(Boolean);
  for (const each of parts) each.hidden = !layer;
  if (layer) {
    setTiles(maps[1], other, layer, state);
    split(state, place);
  }
  for (const legend of document.querySelectorAll("[data-legend]")) legend.hidden = legend.dataset.legend !== state.layer && legend.dataset.legend !== layer;
  steps(state);
  keepView(state);
}

function setTiles(map, template, layer, state) {
  const url = new URL(template.replaceAll("%7B", "{").replaceAll("%7D", "}").replace("{layer}", layer), location.href).href
    .replaceAll("%7B", "{").replaceAll("%7D", "}") + (state.patterns ? "" : "?patterns=no");
  if (map.getLayer("classes")) map.removeLayer("classes");
  if (map.getSource("classes")) map.removeSource("classes");
  map.addSource("classes", { type: "raster", tiles: [url], tileSize: 256, maxzoom: Math.min(state.settings.deepest + 1, 18) });
  map.addLayer({ id: "classes", type: "raster", source: "classes", paint: { "raster-resampling": "nearest", "raster-fade-duration": 0 } }, "graticule");
}

function follow(a, b) {
  let busy = false;
  const copy = (from, to) => () => {
    if (busy) return;
    busy = true;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    busy = false;
  };
  a.on("move", copy(a, b));
  b.on("move", copy(b, a));
}

function addSlider(state, place) {
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: 0, max: 100, step: 1, value: state.split, className: "map-slider" });
  slider.setAttribute("aria-label", words.slider);
  slider.addEventListener("input", () => { state.split = Number(slider.value); split(state, place); });
  const seam = document.createElement("span");
  seam.className = "map-seam";
  place.append(slider, seam);
}

function split(state, place) {
  state.maps[1].getContainer().style.clipPath = `inset(0 0 0 ${state.split}%)`;
  place.querySelector(".map-seam").style.left = `${state.split}%`;
}

function bindBar(state, place) {
  byId("layer").addEventListener("change", (event) => { state.layer = event.target.value; show(state, place); });
  byId("beside").addEventListener("change", (event) => { state.beside = event.target.value; show(state, place); });
  byId("with")?.addEventListener("change", () => byId("map-bar").requestSubmit());
  state.redraw = () => show(state, place);
  state.maps[0].on("moveend", () => keepView(state));
}

function bindTools(state, says) {
  const [map] = state.maps;
  const acts = {
    earlier: () => step(state, 1),
    later: () => step(state, -1),
    whole: () => map.fitBounds(state.settings.bounds, { padding: 20, animate: false }),
    patterns: (button) => { state.patterns = !state.patterns; button.setAttribute("aria-pressed", String(state.patterns)); state.redraw(); },
    targets: (button) => toggle(state, "targets", "#0b57d0", button),
    recodes: (button) => toggle(state, "recodes", "#b3261e", button),
    share: async () => { keepView(state); await navigator.clipboard?.writeText(location.href).catch(() => null); says.textContent = `${words.copied} ${location.href}`; },
    print: () => print(),
    draw: (button) => drawing(state, "polygon", button),
    box: (button) => drawing(state, "rectangle", button),
    clear: () => { state.draw?.clear(); endDrawing(state); byId("map-answer").replaceChildren(); addShapes(map, "asked", { type: "FeatureCollection", features: [] }); },
  };
  for (const button of document.querySelectorAll(".map-tools [data-act]")) button.addEventListener("click", () => acts[button.dataset.act](button));
  map.on("click", (event) => { if (!state.drawing) explain(state, event.lngLat); });
}

function drawing(state, mode, button) {
  const [map] = state.maps;
  if (!state.draw) {
    state.draw = startDrawing(map);
    state.draw.on("finish", () => { endDrawing(state); measure(state); });
  }
  state.draw.clear();
  state.draw.setMode(mode);
  state.drawing = true;
  if (state.maps[1]) state.maps[1].getContainer().style.pointerEvents = "none";
  for (const each of document.querySelectorAll('.map-tools [data-act="draw"], .map-tools [data-act="box"]')) each.setAttribute("aria-pressed", String(each === button));
  byId("map-says").textContent = words.drawHint;
}

function endDrawing(state) {
  setTimeout(() => { state.drawing = false; }, 50);
  if (state.draw) state.draw.setMode("select");
  if (state.maps[1]) state.maps[1].getContainer().style.pointerEvents = "";
  for (const each of document.querySelectorAll('.map-tools [data-act="draw"], .map-tools [data-act="box"]')) each.setAttribute("aria-pressed", "false");
  byId("map-says").textContent = "";
}

async function measure(state) {
  const form = new FormData();
  form.set("shape", geometryOf(shapesOf(state.draw)));
  form.set("csrfmiddlewaretoken", document.querySelector("#area-form [name=csrfmiddlewaretoken]").value);
  await answer(state.settings.area, words.measuring, { method: "POST", body: form });
}

async function explain(state, { lng, lat }) {
  addShapes(state.maps[0], "asked", { type: "FeatureCollection", features: [cross(state.maps[0], lng, lat)] });
  const lon = ((lng + 540) % 360) - 180;
  await answer(`${state.settings.explain}?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`, words.explaining);
}

function cross(map, lng, lat) {
  const at = map.project([lng, lat]);
  const to = (x, y) => map.unproject([at.x + x, at.y + y]).toArray();
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: [[to(-8, 0), to(8, 0)], [to(0, -8), to(0, 8)]] } };
}

async function answer(url, waiting, options = {}) {
  const place = byId("map-answer");
  place.textContent = waiting;
  try {
    const found = await fetch(url, { ...options, headers: { "X-Part": "yes" } });
    if (!found.ok) throw new Error(found.status);
    const part = new DOMParser().parseFromString(await found.text(), "text/html");
    place.replaceChildren(...part.body.childNodes);
  } catch {
    place.textContent = words.failed;
  }
}

function bindForms(settings) {
  byId("place-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new URLSearchParams(new FormData(event.target));
    answer(`${settings.explain}?${given}`, words.explaining);
  });
  byId("area-form").addEventListener("submit", (event) => {
    event.preventDefault();
    answer(settings.area, words.measuring, { method: "POST", body: new FormData(event.target) });
  });
}

async function toggle(state, name, colour, button) {
  const [map] = state.maps;
  const isShown = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!isShown));
  if (!map.getSource(name)) {
    const found = await fetch(state.settings[name]);
    if (found.ok) addShapes(map, name, await found.json(), colour);
    return;
  }
  for (const part of ["fill", "line"]) map.setLayoutProperty(`${name}-${part}`, "visibility", isShown ? "none" : "visible");
}

const ofKind = (state) => {
  const { layers } = state.settings;
  const { kind } = layers.find((each) => each.key === state.layer);
  return layers.filter((each) => each.kind === kind);
};

function step(state, way) {
  const line = ofKind(state);
  const next = line[line.findIndex((each) => each.key === state.layer) + way];
  if (!next) return;
  state.layer = next.key;
  byId("layer").value = next.key;
  state.redraw();
}

function steps(state) {
  const line = ofKind(state);
  const now = line.findIndex((each) => each.key === state.layer);
  document.querySelector('[data-act="earlier"]').disabled = now >= line.length - 1;
  document.querySelector('[data-act="later"]').disabled = now <= 0;
}

function viewIn(hash) {
  const said = new URLSearchParams(hash.slice(1));
  const [zoom, lat, lon] = (said.get("at") ?? "").split("/").map(Number);
  const beside = said.get("beside") ?? undefined;
  return Number.isFinite(zoom) && Number.isFinite(lon) && said.get("at") ? { zoom, center: [lon, lat], beside } : { beside };
}

function keepView(state) {
  const [map] = state.maps;
  const { lng, lat } = map.getCenter();
  const address = new URL(location.href);
  address.searchParams.set("layer", state.layer);
  const beside = state.beside ? `&beside=${state.beside}` : "";
  address.hash = `at=${map.getZoom().toFixed(2)}/${lat.toFixed(DIGITS)}/${lng.toFixed(DIGITS)}${beside}`;
  history.replaceState(null, "", address);
}
