/** Shows what the server sends, also while no page is open. It keeps nothing and answers for no page. */

const worker = /** @type {any} */ (self);

worker.addEventListener("push", (/** @type {any} */ event) => {
  const { title, body, link, tag } = event.data.json();
  event.waitUntil(worker.registration.showNotification(title, { body, tag, data: { link } }));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  const link = new URL(event.notification.data.link, worker.location.origin);
  if (link.origin === worker.location.origin) event.waitUntil(show(link.href));
});

/** @param {string} link The page that is open already, else a new one. */
async function show(link) {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = pages.find((/** @type {any} */ page) => page.url === link);
  return open ? open.focus() : worker.clients.openWindow(link);
}
