/**
 * The map over the text: our own vector basemap (a PMTiles file for each layer) and the journey's lines. No tile or glyph server is
 * asked: labels are drawn with the fonts of the device.
 */
import { AttributionControl, LngLatBounds, Map as MapView, NavigationControl, addProtocol, setWorkerUrl } from "maplibre-gl";
import { Protocol } from "pmtiles";
import { say } from "maas/strings";

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */
/** @typedef {import("maplibre-gl").ExpressionSpecification} Expression */
/** @typedef {{type: "Point", coordinates: [number, number]} | {type: "LineString", coordinates: [number, number][]} | {type: "Polygon", coordinates: [number, number][][]} | {type: "MultiPolygon", coordinates: [number, number][][][]}} Geometry */
/** @typedef {{type: "FeatureCollection", features: {type: "Feature", geometry: Geometry, properties: Record<string, any>}[]}} Journey */
/** @typedef {{bounds: [number, number, number, number], layers: Record<string, string>, journey: Journey | null}} Drawn */

const FONT = "system-ui, 'Noto Sans', 'Noto Sans CJK JP', 'Hiragino Sans', sans-serif";
const ROUND = { "line-cap": /** @type {const} */ ("round"), "line-join": /** @type {const} */ ("round") };

// Who goes on to the next page breaks off the tiles that are still loading: no fault of the map.
let leaving = false;
addEventListener("beforeunload", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));

/**
 * A label in the reader's language, else as on the spot.
 * @returns {Expression}
 */
function label() {
  return ["coalesce", ["get", `name_${document.documentElement.lang}`], ["get", "name"]];
}

/** @type {(from: number, low: number, to: number, high: number) => Expression} */
const growing = (from, low, to, high) => ["interpolate", ["exponential", 1.6], ["zoom"], from, low, to, high];

/**
 * A layer of the file of the same name.
 * @param {string} file
 */
const of = (file) => ({ source: file, "source-layer": file });

/**
 * The layers of the basemap, from bottom to top.
 * @returns {Layer[]}
 */
function baseLayers() {
  /** @type {Expression} */
  const path = ["in", ["get", "class"], ["literal", ["footway", "cycleway", "path", "steps", "track", "pedestrian", "bridleway"]]];
  /** @type {Expression} */
  const large = ["in", ["get", "class"], ["literal", ["motorway", "trunk", "primary"]]];
  const words = { "text-color": "#2c333a", "text-halo-color": "#ffffff", "text-halo-width": 1.8 };
  return [
    { id: "ground", type: "background", paint: { "background-color": "#f4f2ec" } },
    { id: "green", type: "fill", ...of("green"), paint: { "fill-color": ["match", ["get", "class"], ["forest", "wood", "scrub"], "#cfe0c6", "farmland", "#eeecd9", "#dcebd0"] } },
    { id: "water", type: "fill", ...of("water"), paint: { "fill-color": "#b3d3e6" } },
    { id: "waterways", type: "line", ...of("waterways"), paint: { "line-color": "#9cc4dc", "line-width": growing(11, 0.8, 18, 8) } },
    { id: "buildings", type: "fill", ...of("buildings"), minzoom: 14, paint: { "fill-color": "#e2ddd3", "fill-outline-color": "#d3ccc0" } },
    { id: "paths", type: "line", ...of("streets"), minzoom: 14, filter: path, paint: { "line-color": "#b7a78c", "line-width": growing(14, 0.6, 18, 2.5), "line-dasharray": [2, 1.4] } },
    { id: "street-edges", type: "line", ...of("streets"), minzoom: 12, filter: ["!", path], layout: ROUND, paint: { "line-color": "#d2cabc", "line-width": growing(12, 0.8, 18, 15) } },
    { id: "streets", type: "line", ...of("streets"), minzoom: 13, filter: ["!", path], layout: ROUND, paint: { "line-color": "#ffffff", "line-width": growing(13, 0.8, 18, 12) } },
    { id: "road-edges", type: "line", ...of("roads"), layout: ROUND, paint: { "line-color": "#d0ae5f", "line-width": growing(8, 1.8, 18, 21) } },
    { id: "roads", type: "line", ...of("roads"), layout: ROUND, paint: { "line-color": ["case", large, "#fbdf9f", "#fff2cc"], "line-width": growing(8, 0.8, 18, 18) } },
    { id: "rails", type: "line", ...of("rails"), paint: { "line-color": "#868b93", "line-width": growing(10, 0.8, 18, 4) } },
    { id: "street-names", type: "symbol", ...of("streets"), minzoom: 15, layout: { "symbol-placement": "line", "text-field": label(), "text-size": 12 }, paint: words },
    { id: "road-names", type: "symbol", ...of("roads"), minzoom: 13, layout: { "symbol-placement": "line", "text-field": label(), "text-size": 12 }, paint: words },
    { id: "water-names", type: "symbol", ...of("water"), minzoom: 11, layout: { "text-field": label(), "text-size": 12 }, paint: { "text-color": "#27556f", "text-halo-color": "#e4f0f6", "text-halo-width": 1.4 } },
    { id: "place-names", type: "symbol", ...of("places"), layout: { "text-field": label(), "text-size": growing(8, 13, 15, 16), "text-max-width": 7 }, paint: { ...words, "text-color": "#1d242b" } },
  ];
}

/**
 * The layers of a journey.
 * @returns {Layer[]}
 */
function journeyLayers() {
  /** @type {Expression} */
  const colour = ["match", ["get", "level"], 0, "#08306b", 1, "#2f7fc1", 2, "#7db8da", "#c6dbef"];
  return [
    { id: "areas", type: "fill", source: "journey", filter: ["has", "level"], paint: { "fill-color": colour, "fill-opacity": 0.45 } },
    { id: "area-edges", type: "line", source: "journey", filter: ["has", "level"], paint: { "line-color": "#08306b", "line-width": 0.8 } },
    { id: "ride-edge", type: "line", source: "journey", filter: ["==", ["get", "street"], false], layout: ROUND, paint: { "line-color": "#ffffff", "line-width": 9 } },
    { id: "ride", type: "line", source: "journey", filter: ["==", ["get", "street"], false], layout: ROUND, paint: { "line-color": ["get", "colour"], "line-width": 5.5 } },
    { id: "walk", type: "line", source: "journey", filter: ["==", ["get", "street"], true], layout: ROUND, paint: { "line-color": "#14212d", "line-width": 4, "line-dasharray": [0.1, 1.9] } },
    { id: "stops", type: "circle", source: "journey", filter: ["has", "role"], paint: { "circle-radius": ["match", ["get", "role"], "stop", 5, 8], "circle-color": ["match", ["get", "role"], "end", "#14212d", "#ffffff"], "circle-stroke-color": "#14212d", "circle-stroke-width": 3 } },
    { id: "stop-names", type: "symbol", source: "journey", filter: ["has", "role"], layout: { "text-field": ["get", "name"], "text-size": 14, "text-anchor": "top", "text-offset": [0, 0.9], "text-max-width": 9 }, paint: { "text-color": "#14212d", "text-halo-color": "#ffffff", "text-halo-width": 2.2 } },
  ];
}

/**
 * The points of a geometry.
 * @param {Geometry} geometry
 * @returns {[number, number][]}
 */
function pointsOf(geometry) {
  if (geometry.type === "Point") return [geometry.coordinates];
  if (geometry.type === "LineString") return geometry.coordinates;
  return geometry.type === "Polygon" ? geometry.coordinates.flat() : geometry.coordinates.flat(2);
}

/**
 * The box around everything drawn.
 * @param {Journey} journey
 */
function boundsOf(journey) {
  const bounds = new LngLatBounds();
  for (const { geometry } of journey.features) {
    for (const point of pointsOf(geometry)) bounds.extend(point);
  }
  return bounds;
}

/**
 * Everything that the map reads: a file of tiles for each layer, and the journey.
 * @param {Drawn} drawn
 * @returns {Record<string, import("maplibre-gl").SourceSpecification>}
 */
function sourcesOf({ layers, journey }) {
  const tiles = Object.entries(layers).map(([name, address]) => [
    name,
    { type: "vector", url: `pmtiles://${new URL(address, location.href).href}`, attribution: "© OpenStreetMap" },
  ]);
  return { ...Object.fromEntries(tiles), ...(journey ? { journey: { type: "geojson", data: journey } } : {}) };
}

/**
 * Draw the map into an element whose `data-map` names the block with what to draw; null where the device cannot.
 * @param {HTMLElement} box
 * @returns {Promise<MapView | null>}
 */
export async function drawMap(box) {
  /** @type {Drawn} */
  const drawn = JSON.parse(document.getElementById(box.dataset.map ?? "")?.textContent ?? "null");
  box.replaceChildren();
  try {
    setWorkerUrl(import.meta.resolve("maplibre-gl/worker"));
    addProtocol("pmtiles", new Protocol().tile);
    const sources = sourcesOf(drawn);
    const layers = [...baseLayers(), ...journeyLayers()].filter((layer) => !("source" in layer) || layer.source in sources);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = new MapView({
      container: box,
      bounds: drawn.journey ? boundsOf(drawn.journey) : drawn.bounds,
      fitBoundsOptions: { padding: drawn.journey ? 48 : 8, maxZoom: 16 },
      localIdeographFontFamily: FONT,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      fadeDuration: calm ? 0 : 200,
      locale: {
        "NavigationControl.ZoomIn": say("zoom_in"),
        "NavigationControl.ZoomOut": say("zoom_out"),
        "Map.Title": say("map"),
        "CooperativeGesturesHandler.MobileHelpText": say("two_fingers"),
      },
      style: { version: 8, sources, layers },
    });
    map.on("error", ({ error }) => leaving || console.error(error));
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new AttributionControl({ compact: false }));
    map.touchZoomRotate.disableRotation();
    return map;
  } catch (problem) {
    console.warn(problem);
    box.textContent = say("map_fails");
    box.classList.add("map-note");
    return null;
  }
}
