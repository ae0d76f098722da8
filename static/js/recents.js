/** The latest searches, kept in this browser and nowhere else. */
import { say } from "maas/strings";

/** @typedef {{title: string, search: string}} Recent */

const KEY = "recent-searches";
const KEPT = 5;
const PLACES = ["from_text", "from_at", "to_text", "to_at"];
const CHOICES = ["pace", "changing", "walking", "step_free", "luggage", "fewest_changes", "wheelchair", "wheelchair_known"];

/** @returns {Recent[]} */
function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each?.title === "string" && typeof each?.search === "string") : [];
  } catch {
    return [];
  }
}

/**
 * Keep a search when its form is sent, and how one walks and changes. The time is left out: it is repeated for now.
 * @param {HTMLFormElement} form
 */
export function remember(form) {
  const data = new FormData(form);
  const search = new URLSearchParams(PLACES.map((name) => [name, String(data.get(name) ?? "")]));
  if (!search.get("from_at") || !search.get("to_at")) return;
  for (const name of CHOICES) if (data.get(name)) search.set(name, String(data.get(name)));
  const title = `${search.get("from_text")} → ${search.get("to_text")}`;
  const others = load().filter((each) => each.title !== title);
  try {
    localStorage.setItem(KEY, JSON.stringify([{ title, search: search.toString() }, ...others].slice(0, KEPT)));
  } catch {
    // A browser that keeps nothing: the search works all the same.
  }
}

/** @param {HTMLElement} section Filled and shown when there is something to show. */
export function showRecents(section) {
  const recents = load();
  if (!recents.length) return;
  const title = document.createElement("h2");
  title.textContent = say("recent_title");
  const list = document.createElement("ul");
  list.append(...recents.map(row));
  const note = document.createElement("p");
  note.className = "hint";
  note.textContent = say("recent_note");
  const forget = document.createElement("button");
  forget.type = "button";
  forget.className = "button quiet";
  forget.textContent = say("recent_clear");
  forget.addEventListener("click", () => {
    localStorage.removeItem(KEY);
    section.hidden = true;
  });
  section.replaceChildren(title, list, note, forget);
  section.hidden = false;
}

/** @param {Recent} recent */
function row(recent) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/?${new URLSearchParams(recent.search)}`;
  link.textContent = recent.title;
  item.append(link);
  return item;
}
