/** A booking under way: ask gently, and load the page again when something has changed. */

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-progress]"));
const SLOWEST_MS = 8000;
let pause_ms = 800;

async function look() {
  try {
    const answer = await fetch(root?.dataset.order ?? "", { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).state !== root?.dataset.progress) return location.reload();
  } catch {
    // No connection: ask again later.
  }
  pause_ms = Math.min(pause_ms * 1.3, SLOWEST_MS);
  setTimeout(look, pause_ms);
}

if (root) setTimeout(look, pause_ms);
