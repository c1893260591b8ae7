// The map of drought: one layer, one month, moved through time by slider, buttons or by itself.
import { addOutlines, canDraw, makeMap, ready, words } from "./base.js";

const byId = (id) => document.getElementById(id);
const WAIT = 150;
const PACE = 900;

export async function openAtlas(settings) {
  for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;
  document.querySelector("#atlas-bar [data-plain]").hidden = true;
  const state = { settings, layer: byId("layer").value, step: Number(byId("time").value), map: null, timer: 0, player: 0 };
  bind(state);
  if (!canDraw()) {
    byId("map-says").textContent = words.noMap;
    return;
  }
  const place = byId("map");
  place.hidden = false;
  byId("map-picture").hidden = true;
  const inner = document.createElement("div");
  place.append(inner);
  state.map = makeMap(inner, { bounds: settings.bounds });
  addOutlines(state.map, settings.outlines);
  await ready(state.map);
  draw(state);
}

function bind(state) {
  const { labels } = state.settings;
  byId("layer").addEventListener("change", (event) => { state.layer = event.target.value; show(state); });
  byId("step").addEventListener("change", (event) => go(state, labels.indexOf(event.target.value)));
  byId("time").addEventListener("input", (event) => go(state, Number(event.target.value)));
  for (const button of document.querySelectorAll("[data-step]")) button.addEventListener("click", () => go(state, state.step + Number(button.dataset.step)));
  byId("play").addEventListener("click", () => play(state));
}

function play(state) {
  const button = byId("play");
  if (state.player) {
    clearInterval(state.player);
    state.player = 0;
  } else {
    if (state.step >= state.settings.labels.length - 1) go(state, Math.max(0, state.step - 24));
    state.player = setInterval(() => {
      if (state.step >= state.settings.labels.length - 1) play(state);
      else go(state, state.step + 1);
    }, PACE);
  }
  button.setAttribute("aria-pressed", String(Boolean(state.player)));
  button.textContent = state.player ? state.settings.playing : state.settings.paused;
}

function go(state, step) {
  state.step = Math.min(Math.max(step, 0), state.settings.labels.length - 1);
  const label = state.settings.labels[state.step];
  const time = byId("time");
  time.value = state.step;
  time.setAttribute("aria-valuetext", label);
  byId("time-says").textContent = label;
  byId("step").value = label;
  show(state);
}

function show(state) {
  for (const legend of document.querySelectorAll("[data-legend]")) legend.hidden = legend.dataset.legend !== state.layer;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => { draw(state); tell(state); }, WAIT);
}

function draw(state) {
  const { map, settings } = state;
  if (!map) return;
  const label = settings.labels[state.step];
  const url = new URL(settings.tiles.replaceAll("%7B", "{").replaceAll("%7D", "}").replace("{layer}", state.layer).replace("{step}", label), location.href).href
    .replaceAll("%7B", "{").replaceAll("%7D", "}");
  const source = map.getSource("classes");
  if (source) {
    source.setTiles([url]);
    return;
  }
  map.addSource("classes", { type: "raster", tiles: [url], tileSize: 256, maxzoom: Math.min(settings.deepest + 1, 18) });
  map.addLayer({ id: "classes", type: "raster", source: "classes", paint: { "raster-resampling": "nearest", "raster-fade-duration": 0 } }, "graticule");
}

async function tell(state) {
  const address = new URL(state.settings.part, location.href);
  address.searchParams.set("layer", state.layer);
  address.searchParams.set("step", state.settings.labels[state.step]);
  history.replaceState(null, "", address);
  try {
    const found = await fetch(address, { headers: { "X-Part": "yes" } });
    if (!found.ok) throw new Error(found.status);
    const part = new DOMParser().parseFromString(await found.text(), "text/html");
    byId("atlas-step").replaceChildren(...part.body.childNodes);
    byId("map-says").textContent = "";
  } catch {
    byId("map-says").textContent = words.failed;
  }
}
