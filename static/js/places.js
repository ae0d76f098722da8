/**
 * Suggestions under a place field (WAI-ARIA 1.2 combobox with a list box). Without a script the server asks instead.
 * A picked place goes into the hidden field as `lat,lon~feed:stop~name`, which the server reads.
 */
import { icon, say } from "maas/strings";

/** @typedef {{name: string, detail?: string, kind: string, lat: number, lon: number, stop_id?: string | null}} Place */

const PAUSE_MS = 160;
const PICTURES = /** @type {Record<string, string>} */ ({ stop: "bus", station: "train" });

/**
 * The form value of a picked place.
 * @param {Pick<Place, "name" | "lat" | "lon" | "stop_id">} place
 */
export function valueOf(place) {
  return `${place.lat.toFixed(5)},${place.lon.toFixed(5)}~${place.stop_id ?? ""}~${place.name}`;
}

export class PlaceField {
  /** @param {HTMLElement} root An element with `data-places`, around a text field and a hidden field. */
  constructor(root) {
    this.input = /** @type {HTMLInputElement} */ (root.querySelector("input[type=text]"));
    this.hidden = /** @type {HTMLInputElement} */ (root.querySelector("input[type=hidden]"));
    this.list = document.createElement("ul");
    this.status = document.createElement("p");
    /** @type {Place[]} */
    this.places = [];
    this.active = -1;
    this.timer = 0;
    /** @type {AbortController | null} */
    this.request = null;
    this.#build(root);
    this.#listen(root);
  }

  /** @param {Place} place */
  pick(place) {
    this.input.value = place.name;
    this.hidden.value = valueOf(place);
    this.close();
    this.input.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: place }));
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {HTMLElement} root */
  #build(root) {
    const id = `${this.input.id}_list`;
    Object.assign(this.list, { id, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.input.labels?.[0]?.textContent ?? "");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) {
      this.input.setAttribute(name, value);
    }
    root.append(this.list, this.status);
  }

  /** @param {HTMLElement} root */
  #listen(root) {
    this.input.addEventListener("input", () => {
      this.hidden.value = "";
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.#ask(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusout", (event) => {
      if (!root.contains(/** @type {Node | null} */ (event.relatedTarget))) this.close();
    });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest("li[data-index]");
      const place = row && this.places[Number(row.getAttribute("data-index"))];
      if (place) this.pick(place);
    });
  }

  async #ask() {
    const text = this.input.value.trim();
    if (!text) return this.close();
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    const address = new URL("/api/v1/places", location.href);
    address.search = new URLSearchParams({ q: text, limit: "8" }).toString();
    const near = this.#near();
    if (near) address.searchParams.set("near", near);
    try {
      const answer = await fetch(address, { signal: request.signal, headers: { "Accept-Language": document.documentElement.lang } });
      if (answer.ok) this.#show((await answer.json()).places ?? []);
    } catch {
      // No suggestions: the server asks which place is meant. One that a newer question took the place of closes nothing.
      if (!request.signal.aborted) this.close();
    }
  }

  /** Of namesakes the one near the other end of the journey is meant, where that is picked. */
  #near() {
    const others = [...document.querySelectorAll("[data-places] input[type=hidden]")].filter((field) => field !== this.hidden);
    return others.map((field) => /^[^~]+/.exec(/** @type {HTMLInputElement} */ (field).value)?.[0]).find(Boolean);
  }

  /** @param {Place[]} places */
  #show(places) {
    this.places = places;
    this.active = -1;
    this.list.replaceChildren(...(places.length ? places.map((place, index) => this.#row(place, index)) : [this.#nothing()]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", String(places.length > 0));
    this.status.textContent = places.length ? say("places_found", { count: places.length }) : say("places_none");
  }

  #nothing() {
    const row = document.createElement("li");
    row.className = "none";
    row.textContent = say("places_none");
    row.setAttribute("role", "option");
    row.setAttribute("aria-disabled", "true");
    return row;
  }

  /**
   * @param {Place} place
   * @param {number} index
   */
  #row(place, index) {
    const row = document.createElement("li");
    row.id = `${this.list.id}_${index}`;
    row.dataset.index = String(index);
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    const name = document.createElement("strong");
    name.textContent = place.name;
    const detail = document.createElement("small");
    detail.textContent = [say(`kind_${place.kind}`), place.detail].filter(Boolean).join(" · ");
    row.append(icon(PICTURES[place.kind] ?? "pin"), name, detail);
    return row;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.list.hidden || event.isComposing) return;
    const place = this.places[this.active];
    if (event.key === "Escape") {
      this.close();
    } else if (event.key === "Enter" && place) {
      this.pick(place);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @param {number} step */
  #move(step) {
    const rows = this.list.querySelectorAll("[data-index]");
    if (!rows.length) return;
    rows[this.active]?.setAttribute("aria-selected", "false");
    this.active = (this.active + step + (this.active < 0 && step < 0 ? 1 : 0) + rows.length) % rows.length;
    const row = /** @type {HTMLElement} */ (rows[this.active]);
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.id);
  }
}
