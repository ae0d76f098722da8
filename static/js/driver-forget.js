/** Where somebody logs in or out, nothing stays that a driver's page has kept: it names people. */

if (globalThis.caches) {
  const names = (await caches.keys()).filter((name) => name.startsWith("drive"));
  await Promise.all(names.map((name) => caches.delete(name)));
}
export {};
