/**
 * A booking, a study or a dry run under way: ask gently, and load the page again when something has changed.
 * What is asked for an order answers as soon as there is something new.
 */

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-progress]"));
const SLOWEST_MS = 8000;
let pause_ms = 800;

async function look() {
  try {
    const seen = root?.dataset.progress ?? "";
    const address = `${root?.dataset.order ?? ""}?${new URLSearchParams({ seen })}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const found = answer.ok ? await answer.json() : undefined;
    if (found && (found.status ?? found).state !== seen) return location.reload();
  } catch {
    // No connection: ask again later.
  }
  pause_ms = Math.min(pause_ms * 1.3, SLOWEST_MS);
  setTimeout(look, pause_ms);
}

if (root) setTimeout(look, pause_ms);
