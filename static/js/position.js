/** A button in a place field that takes the device's position. */
import { icon, say } from "maas/strings";

/**
 * @param {HTMLElement} root The element around the field.
 * @param {import("maas/places").PlaceField} field
 */
export function offerPosition(root, field) {
  if (!navigator.geolocation) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "here";
  button.title = say("location_use");
  button.setAttribute("aria-label", say("location_use"));
  button.append(icon("location"));
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute("aria-busy");
        field.pick({ name: say("location_here"), kind: "poi", lat: coords.latitude, lon: coords.longitude });
        field.status.textContent = say("location_here");
      },
      () => {
        button.removeAttribute("aria-busy");
        complain(root, say("location_fails"));
      },
      { timeout: 10000, maximumAge: 60000 },
    );
  });
  field.input.after(button);
}

/**
 * @param {HTMLElement} root
 * @param {string} sentence
 */
function complain(root, sentence) {
  const line = document.createElement("p");
  line.className = "field-error";
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  root.parentElement?.querySelector(".field-error")?.remove();
  root.before(line);
}
