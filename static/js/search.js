/** The search page: suggestions, swap, position, recent searches, counts, and on wide screens the map. */
import { PlaceField } from "maas/places";
import { offerPosition } from "maas/position";
import { remember, showRecents } from "maas/recents";
import { addSteppers } from "maas/steppers";
import { say } from "maas/strings";

/** @type {Map<string, PlaceField>} */
const fields = new Map();
for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-places]"))) {
  const field = new PlaceField(root);
  fields.set(root.dataset.places ?? "", field);
  if (root.dataset.places === "from") offerPosition(root, field);
}

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("search"));
const from = fields.get("from");
const to = fields.get("to");
form?.querySelector(".swap")?.addEventListener("click", (event) => {
  if (!from || !to) return;
  event.preventDefault();
  [from.input.value, to.input.value] = [to.input.value, from.input.value];
  [from.hidden.value, to.hidden.value] = [to.hidden.value, from.hidden.value];
  to.status.textContent = say("swapped");
});
form?.addEventListener("submit", () => remember(form));

const travellers = document.getElementById("travellers");
const people = document.getElementById("people");
if (travellers && people) addSteppers(travellers, people);
const recents = document.getElementById("recents");
if (recents) showRecents(recents);

const wide = matchMedia("(min-width: 60rem)");
const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-map]"));
if (box && wide.matches) {
  const { drawMap } = await import("maas/map");
  const map = await drawMap(box);
  /** @param {CustomEvent<{lat: number, lon: number}>} event */
  const show = (event) => map?.flyTo({ center: [event.detail.lon, event.detail.lat], zoom: 14 });
  document.addEventListener("picked", /** @type {EventListener} */ (show));
}

