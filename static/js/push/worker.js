/** Shows what the server sends, also while no page is open. It keeps nothing and answers for no page. */

const bell = /** @type {any} */ (self);

bell.addEventListener("push", (/** @type {any} */ event) => {
  const { title, body, link, tag } = event.data.json();
  event.waitUntil(bell.registration.showNotification(title, { body, tag, data: { link } }));
});

bell.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  const link = new URL(event.notification.data.link, bell.location.origin);
  if (link.origin === bell.location.origin) event.waitUntil(show(link.href));
});

/** @param {string} link The page that is open already, else a new one. */
async function show(link) {
  const pages = await bell.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = pages.find((/** @type {any} */ page) => page.url === link);
  return open ? open.focus() : bell.clients.openWindow(link);
}
