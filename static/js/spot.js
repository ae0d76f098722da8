/** The page of a stop: suggestions of places; the map shows all stops, and a click on it says where this one is. */
import { Marker } from "maplibre-gl";
import { drawMap } from "maas/map";
import { PlaceField } from "maas/places";

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-map]"));
const lat = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=lat]"));
const lon = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=lon]"));
const place = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=place_text]"));
for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-places]"))) new PlaceField(root);
const map = box ? await drawMap(box) : null;
if (map && lat && lon) {
  const marker = new Marker({ draggable: true });
  const show = () => {
    if (lat.value && lon.value) marker.setLngLat([Number(lon.value), Number(lat.value)]).addTo(map);
  };
  /** @param {{lng: number, lat: number}} at */
  const choose = (at) => {
    [lat.value, lon.value] = [at.lat.toFixed(6), at.lng.toFixed(6)];
    if (place) place.value = "";
    show();
  };
  map.getCanvas().style.cursor = "crosshair";
  map.on("click", ({ lngLat }) => choose(lngLat));
  marker.on("dragend", () => choose(marker.getLngLat()));
  for (const field of [lat, lon]) field.addEventListener("change", show);
  show();
}
