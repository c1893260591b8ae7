// A calm map of our own origin alone: paper, graticule, outlines of the country and its zones.
import * as maplibregl from "maplibre-gl";

export const assets = JSON.parse(document.getElementById("map-assets")?.textContent ?? "{}");
export const words = assets.words ?? {};
const EMPTY = { type: "FeatureCollection", features: [] };
const STEPS = [30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
const LINES_SHOWN = 4;
const loaded = new WeakMap();

if (assets.worker) maplibregl.setWorkerUrl(new URL(assets.worker, location.href).href);

export const canDraw = () => {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
};

const token = (name, fallback) => getComputedStyle(document.documentElement).getPropertyValue(name).trim() || fallback;

export function makeMap(place, { bounds, label = words.map, controls = true } = {}) {
  const ink = token("--ink", "#1c2420");
  const map = new maplibregl.Map({
    container: place,
    style: { version: 8, sources: { graticule: geojson(), outlines: geojson() }, layers: [
      { id: "paper", type: "background", paint: { "background-color": token("--paper", "#fbfaf7") } },
      { id: "graticule", type: "line", source: "graticule", paint: { "line-color": ink, "line-opacity": 0.12, "line-width": 1 } },
      { id: "zones", type: "line", source: "outlines", filter: ["!=", ["get", "group"], "nation"], paint: { "line-color": ink, "line-width": 0.8, "line-opacity": 0.7 } },
      { id: "nation", type: "line", source: "outlines", filter: ["==", ["get", "group"], "nation"], paint: { "line-color": ink, "line-width": 1.8 } },
    ] },
    bounds: bounds ?? [-180, -60, 180, 75],
    fitBoundsOptions: { padding: 20, animate: false },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 18,
    renderWorldCopies: true,
    locale: { "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut, "NavigationControl.ResetBearing": words.north, "Map.Title": label },
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  if (controls) {
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  }
  loaded.set(map, new Promise((done) => map.once("load", done)));
  map.on("load", () => drawGraticule(map));
  map.on("moveend", () => drawGraticule(map));
  return map;
}

export const ready = (map) => loaded.get(map);

export async function addOutlines(map, url) {
  const [answer] = await Promise.all([fetch(url), ready(map)]);
  if (!answer.ok) return EMPTY;
  const found = await answer.json();
  map.getSource("outlines")?.setData(found);
  return found;
}

export function boxOf(shapes) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part) => {
    if (typeof part[0] === "number") {
      box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
    } else part.forEach(walk);
  };
  for (const feature of shapes.features ?? [shapes]) {
    const geometry = feature.geometry ?? feature;
    if (geometry?.coordinates) walk(geometry.coordinates);
  }
  return box[0] === Infinity ? null : box;
}

export const collection = (shapes) => shapes?.type === "FeatureCollection" ? shapes
  : { type: "FeatureCollection", features: shapes ? [shapes.type === "Feature" ? shapes : { type: "Feature", properties: {}, geometry: shapes }] : [] };

function geojson() {
  return { type: "geojson", data: EMPTY };
}

function drawGraticule(map) {
  const box = map.getBounds();
  const [west, south, east, north] = [box.getWest(), Math.max(box.getSouth(), -85), box.getEast(), Math.min(box.getNorth(), 85)];
  const step = STEPS.find((each) => (east - west) / each >= LINES_SHOWN) ?? STEPS.at(-1);
  const lines = [];
  for (let x = Math.ceil(west / step) * step; x <= east; x += step) lines.push([[x, south], [x, north]]);
  for (let y = Math.ceil(south / step) * step; y <= north; y += step) lines.push([[west, y], [east, y]]);
  map.getSource("graticule")?.setData({ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } });
}
