// The map island; pages with a map load it, all others do not. Without WebGL or scripts, pictures and tables stay.
import { attachDrawing, attachShowing } from "./map/draw.js";
import { openAtlas } from "./map/atlas.js";
import { openRunMap } from "./map/run.js";

const settings = document.getElementById("map-settings");
if (settings && document.getElementById("map")) openRunMap(JSON.parse(settings.textContent));
for (const field of document.querySelectorAll("textarea[data-map-draw]")) attachDrawing(field);
for (const place of document.querySelectorAll("[data-map-show]")) attachShowing(place);
const atlas = document.getElementById("atlas-settings");
if (atlas && document.getElementById("map")) openAtlas(JSON.parse(atlas.textContent));
