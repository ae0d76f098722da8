/** The places of the phone desk; its keys are there before (desk-keys.js). */
import { PlaceField } from "maas/places";

for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-places]"))) {
  const field = new PlaceField(root);
  // Who types quickly has begun before the script was there.
  if (document.activeElement === field.input && field.input.value && !field.hidden.value) field.input.dispatchEvent(new Event("input"));
}
