/** Notifications in this browser: the form is shown where the browser can show them, and filled in when it is sent. */

const wish = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-push]"));

if (wish && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  wish.hidden = false;
  wish.addEventListener("submit", (event) => {
    event.preventDefault();
    subscribe(wish).catch(() => complain(wish, "failed"));
  });
}

/** @param {HTMLFormElement} form */
async function subscribe(form) {
  if ((await Notification.requestPermission()) !== "granted") return complain(form, "refused");
  const registration = await navigator.serviceWorker.register(form.dataset.worker ?? "");
  await active(registration);
  // One that was made under another key of the server is of no use.
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  const applicationServerKey = form.dataset.push ?? "";
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const { endpoint, keys } = made.toJSON();
  fill(form, { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" });
  form.submit();
}

/** @param {ServiceWorkerRegistration} registration */
function active(registration) {
  const coming = registration.installing ?? registration.waiting;
  if (registration.active || !coming) return Promise.resolve();
  return new Promise((resolve) => {
    coming.addEventListener("statechange", () => coming.state === "activated" && resolve(undefined));
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} values
 */
function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));
    if (field) field.value = value;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} why
 */
function complain(form, why) {
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-why]"))) each.hidden = each.dataset.why !== why;
}
