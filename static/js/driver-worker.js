/**
 * The driver's page without a network. Its page and files come from the network where that answers soon, and are kept;
 * else from what was kept. The page names people: it is forgotten after the day, where it may be read no more, with the
 * shift, and where somebody logs in or out. The address of this file says whose it is.
 */
{
  const KEPT = `drive-${new URL(location.href).searchParams.get("driver")}`;
  const PATIENCE_MS = 4000;
  const LONGEST_MS = 18 * 3600_000;
  const worker = /** @type {any} */ (self);

  worker.addEventListener("install", () => worker.skipWaiting());
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(sweep().then(() => worker.clients.claim())));
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const url = new URL(event.request.url);
    const ours = url.origin === location.origin && !url.pathname.startsWith("/api/");
    if (ours && event.request.method === "GET") event.respondWith(answer(event.request));
    if (ours && event.request.method === "POST" && url.pathname.endsWith("/leave")) event.waitUntil(caches.delete(KEPT));
  });

  /**
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  async function answer(request) {
    await sweep();
    const cache = await caches.open(KEPT);
    const kept = await cache.match(request, { ignoreVary: true });
    const fresh = fetch(request).then(async (response) => {
      const whole = response.ok && !response.redirected && response.type === "basic";
      if (whole) await cache.put(request, response.clone());
      else if (response.status < 500) await cache.delete(request, { ignoreVary: true });
      return response.status >= 500 && kept ? kept : response;
    });
    // The page's own script wants to know how things stand now, or nothing.
    if (!kept || request.headers.get("Accept") === "text/html") return fresh;
    fresh.catch(() => undefined);
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    return Promise.race([fresh.catch(() => kept), late.then(() => kept)]);
  }

  /** Forget what is another driver's or no more of today. */
  async function sweep() {
    const others = (await caches.keys()).filter((name) => name.startsWith("drive") && name !== KEPT);
    await Promise.all(others.map((name) => caches.delete(name)));
    const cache = await caches.open(KEPT);
    for (const request of await cache.keys()) {
      const kept = await cache.match(request, { ignoreVary: true });
      const at_ms = Date.parse(kept?.headers.get("Date") ?? "");
      if (Date.now() - at_ms > LONGEST_MS) await cache.delete(request, { ignoreVary: true });
    }
  }
}
