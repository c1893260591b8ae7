// Bundles what the pages need into ../built: scripts, the map and its worker, fonts. Nothing is fetched when pages are served.
import { build } from "esbuild";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "built");
const modules = join(here, "node_modules");

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "map"), { recursive: true });
await build({
  entryPoints: { site: join(here, "js/site.js"), map: join(here, "js/map.js"), chart: join(here, "js/chart.js"), dials: join(here, "js/dials.js"), upload: join(here, "js/upload.js"), fonts: join(here, "css/fonts.css") },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "linked",
  external: ["/static/*"],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
});
for (const name of ["maplibre-gl-worker.mjs", "maplibre-gl-shared.mjs", "maplibre-gl.css"]) {
  cpSync(join(modules, "maplibre-gl/dist", name), join(out, "map", name));
}
cpSync(join(modules, "@mapbox/mapbox-gl-rtl-text/dist"), join(out, "map/rtl"), { recursive: true });
