/** A ticket's page: its moving figures, also without a connection. */
import { codeAt } from "maas/moving-code";

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-moving]"));
const figures = root?.querySelector("output");

async function show() {
  if (figures) figures.textContent = await codeAt(root?.dataset.moving ?? "", Date.now());
}

// Without WebCrypto (a page over http) the figures stay those of the server.
if (figures && globalThis.crypto?.subtle) {
  await show();
  setInterval(show, 1000);
}
