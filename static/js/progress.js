/** A booking under way: ask gently, and load the page again when something has changed. */

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-progress]"));
const known = root?.dataset.progress;
let pause_ms = 1000;

async function look() {
  try {
    const answer = await fetch(location.href, { redirect: "manual" });
    const state = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]") : null;
    if (answer.type === "opaqueredirect" || (answer.ok && state?.getAttribute("data-progress") !== known)) return location.reload();
  } catch {
    // No connection: ask again later.
  }
  pause_ms = Math.min(pause_ms * 1.3, 8000);
  setTimeout(look, pause_ms);
}

if (root) setTimeout(look, pause_ms);
