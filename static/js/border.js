/** The border of an area on the map: clicks add corners, which can be dragged, moved by keys and removed. The text field has them all. */
import { Marker } from "maplibre-gl";
import { drawMap } from "maas/map";
import { PlaceField } from "maas/places";
import { say } from "maas/strings";

/** @typedef {[number, number]} Corner Longitude, latitude. */

const MOST_HANDLES = 200;
const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-map]"));
const field = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("textarea[data-corners]"));
const tools = /** @type {HTMLElement | null} */ (document.querySelector("[data-border]"));
for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-places]"))) new PlaceField(root);

/**
 * The borders that the text field has; of GeoJSON none, which is the server's to read.
 * @param {string} text
 * @returns {Corner[][]}
 */
function read(text) {
  const parts = text.trim().startsWith("{") ? [] : text.trim().split(/\n\s*\n/);
  const rings = parts.map((part) =>
    part
      .split("\n")
      .map((line) => line.split(/[,;\s]+/).filter(Boolean).map(Number))
      .filter((pair) => pair.length === 2 && pair.every(Number.isFinite))
      .map(([lat, lon]) => /** @type {Corner} */ ([lon, lat])),
  );
  return rings.some((ring) => ring.length) ? rings.filter((ring) => ring.length) : [[]];
}

/**
 * As the text field has them.
 * @param {Corner[][]} rings
 */
function written(rings) {
  return rings.map((ring) => ring.map(([lon, lat]) => `${lat.toFixed(6)}, ${lon.toFixed(6)}`).join("\n")).filter(Boolean).join("\n\n");
}

/**
 * Lines and areas of borders.
 * @param {Corner[][]} rings
 * @returns {any}
 */
function shapes(rings) {
  const closed = rings.filter((ring) => ring.length > 2).map((ring) => [...ring, ring[0]]);
  const open = rings.filter((ring) => ring.length === 2);
  const features = [
    ...(closed.length ? [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: closed } }] : []),
    ...open.map((line) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } })),
  ];
  return { type: "FeatureCollection", features };
}

const map = box && field ? await drawMap(box) : null;
if (map && field && tools) {
  let rings = read(field.value);
  /** @type {Marker[]} */
  let handles = [];
  const source = () => /** @type {import("maplibre-gl").GeoJSONSource | undefined} */ (map.getSource("border"));
  const save = () => {
    field.value = written(rings);
    source()?.setData(shapes(rings));
  };
  const show = () => {
    for (const handle of handles) handle.remove();
    const corners = rings.flatMap((ring, at) => ring.map((_corner, number) => ({ ring, at, number })));
    handles = corners.length > MOST_HANDLES ? [] : corners.map(({ ring, number }, index) => handle(ring, number, index + 1));
    save();
  };
  /** @type {(ring: Corner[], number: number, name: number) => Marker} */
  const handle = (ring, number, name) => {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "corner";
    element.setAttribute("aria-label", say("corner", { number: name }));
    const marker = new Marker({ element, draggable: true }).setLngLat(ring[number] ?? [0, 0]).addTo(map);
    const move = () => {
      const at = marker.getLngLat();
      ring[number] = [at.lng, at.lat];
      save();
    };
    marker.on("drag", move);
    element.addEventListener("click", (event) => event.stopPropagation());
    element.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] }[event.key];
      if (event.key === "Delete" || event.key === "Backspace") {
        ring.splice(number, 1);
        show();
        box?.querySelector("canvas")?.focus();
      } else if (step) {
        const { x, y } = map.project(marker.getLngLat());
        marker.setLngLat(map.unproject([x + (step[0] ?? 0), y + (step[1] ?? 0)]));
        move();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return marker;
  };
  /** @type {Record<string, () => void>} */
  const actions = {
    undo: () => {
      while (rings.length > 1 && !rings.at(-1)?.length) rings.pop();
      rings.at(-1)?.pop();
    },
    more: () => void (rings.at(-1)?.length && rings.push([])),
    clear: () => void (rings = [[]]),
  };
  const begin = () => {
    map.addSource("border", { type: "geojson", data: shapes(rings) });
    map.addLayer({ id: "border-area", type: "fill", source: "border", paint: { "fill-color": "#b5480a", "fill-opacity": 0.18 } });
    map.addLayer({ id: "border-line", type: "line", source: "border", paint: { "line-color": "#b5480a", "line-width": 3 } });
    const corners = rings.flat();
    const first = corners[0];
    if (first) {
      const [west, south, east, north] = corners.reduce(
        (all, [lon, lat]) => [Math.min(all[0], lon), Math.min(all[1], lat), Math.max(all[2], lon), Math.max(all[3], lat)],
        /** @type {[number, number, number, number]} */ ([...first, ...first]),
      );
      map.fitBounds([west, south, east, north], { padding: { top: 50, bottom: 50, left: 40, right: 90 }, duration: 0, maxZoom: 15 });
    }
    tools.hidden = false;
    map.getCanvas().style.cursor = "crosshair";
    if (corners.length) show();
  };
  map.on("click", ({ lngLat }) => {
    rings.at(-1)?.push([lngLat.lng, lngLat.lat]);
    show();
  });
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (tools.querySelectorAll("[data-do]"))) {
    button.addEventListener("click", () => {
      actions[button.dataset.do ?? ""]?.();
      show();
    });
  }
  field.addEventListener("change", () => {
    if (field.value.trim().startsWith("{")) return;
    rings = read(field.value);
    const text = field.value;
    show();
    field.value = text;
  });
  if (map.isStyleLoaded()) begin();
  else map.once("load", begin);
}
