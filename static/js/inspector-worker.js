/**
 * The inspector's page without a network. Its page and files come from the network where that answers soon, and are
 * kept; else from what was kept. Answers of the API are the page's own business.
 */
const KEPT = "inspect";
const PATIENCE_MS = 4000;
const worker = /** @type {any} */ (self);

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === location.origin && !url.pathname.startsWith("/api/");
  if (ours && event.request.method === "GET") event.respondWith(answer(event.request));
});

/**
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function answer(request) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request, { ignoreVary: true });
  const fresh = fetch(request).then(async (response) => {
    if (response.ok && !response.redirected && response.type === "basic") await cache.put(request, response.clone());
    return response.status >= 500 && kept ? kept : response;
  });
  if (!kept) return fresh;
  fresh.catch(() => undefined);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  return Promise.race([fresh.catch(() => kept), late.then(() => kept)]);
}
