/** The driver's page: what is pressed counts at once on the page, and is told when there is a connection. */
import { Camera, possible } from "maas/inspector-camera";
import { NoMore, Queue, post } from "maas/driver-queue";
import { say } from "maas/strings";

const EVERY_MS = 20_000;
const POSITION_EVERY_MS = 10_000;

/**
 * @template {Element} T
 * @param {string} selector
 * @returns {T}
 */
const part = (selector) => /** @type {T} */ (document.querySelector(selector));

/** @type {HTMLElement} */
const root = part("[data-drive]");
const said = /** @type {HTMLElement} */ (part("#said"));
const waiting = /** @type {HTMLElement} */ (part("#queue"));
const driver = root.dataset.driver ?? "";
const queue = await Queue.open(driver, root.dataset.drive ?? "", root.dataset.actions ?? "");
const KEPT = `drive-${driver}`;
let sending = false;
let positioned_ms = 0;

/** The part of the page that the server draws anew. */
const manifest = () => /** @type {HTMLElement} */ (part("#manifest"));

/**
 * What an action changes on the page, before anybody has heard of it.
 * @param {Pick<import("maas/driver-queue").Action, "what" | "reference">} action
 */
function apply({ what, reference }) {
  delete root.dataset.written;
  const states = /** @type {Record<string, string>} */ ({ begin: "OUT", end: "OVER", break_down: "BROKEN_DOWN" });
  const state = states[what];
  if (state) manifest().dataset.state = state;
  if (what === "pause") manifest().dataset.break = "";
  if (what === "resume") delete manifest().dataset.break;
  if (!reference) return;
  const stops = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`[data-reference="${CSS.escape(reference)}"]`)]);
  const gone = { board: ["pickup"], no_show: ["pickup", "drop_off"], finish: ["drop_off"] }[what] ?? [];
  for (const stop of stops) {
    if (what === "arrive" && stop.dataset.what === "pickup") stop.dataset.arrived = "";
    if (gone.includes(stop.dataset.what ?? "")) stop.remove();
  }
  const first = document.querySelector("#stops > .stop:first-child > details");
  if (first && gone.length) /** @type {HTMLDetailsElement} */ (first).open = true;
  part("#nothing").toggleAttribute("hidden", Boolean(document.querySelector("#stops > .stop")));
}

/** @param {string} [code] */
function complain(code = "") {
  said.textContent = code ? say(`outcome_${code}`) : "";
  said.hidden = !code;
  if (code) said.scrollIntoView({ block: "nearest" });
}

async function showQueue() {
  const count = (await queue.list()).length;
  root.dataset.waiting = String(count);
  waiting.hidden = count === 0;
  waiting.textContent = `${say("waiting", { count })}${navigator.onLine ? "" : ` ${say("offline")}`}`;
}

/**
 * Press a button.
 * @param {Omit<import("maas/driver-queue").Action, "key" | "at" | "offline">} action
 */
async function act(action) {
  complain();
  await queue.add(action);
  apply(action);
  await showQueue();
  await exchange();
}

/** Tell what waits, and draw the page as it is now. */
async function exchange() {
  if (sending) return;
  sending = true;
  try {
    const refused = await queue.send();
    part("#login").toggleAttribute("hidden", true);
    if (manifest().dataset.state === "OVER") return await leave();
    await redraw(refused.length > 0);
    if (refused[0]) complain(refused[0]);
  } catch (reason) {
    if (reason instanceof NoMore) {
      part("#login").toggleAttribute("hidden", false);
      await caches.open(KEPT).then((cache) => cache.delete(location.pathname, { ignoreVary: true }));
    }
  } finally {
    sending = false;
    await showQueue();
  }
}

/** @param {boolean} now Also while somebody is writing */
async function redraw(now) {
  const focused = document.activeElement;
  if (!now && focused instanceof HTMLInputElement && focused.value) return;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new NoMore(String(answer.status));
  const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = whole.querySelector("#manifest");
  if (whole.querySelector(`[data-driver="${CSS.escape(driver)}"]`) === null) throw new NoMore("driver");
  if (!fresh || (await queue.list()).length) return;
  const opened = [...document.querySelectorAll(".stop > details[open]")].map(nameOf);
  const written = fresh.innerHTML.replace(/name="(key|csrfmiddlewaretoken)" value="[^"]*"/g, "");
  if (root.dataset.written === written) return;
  root.dataset.written = written;
  manifest().replaceWith(fresh);
  for (const each of document.querySelectorAll(".stop > details")) {
    if (opened.includes(nameOf(each))) /** @type {HTMLDetailsElement} */ (each).open = true;
  }
  prepare();
}

/** @param {Element} details */
function nameOf(details) {
  const stop = /** @type {HTMLElement} */ (details.parentElement);
  return `${stop.dataset.what} ${stop.dataset.reference}`;
}

/** The shift is over: nothing of it stays on the device. */
async function leave() {
  await caches.open(KEPT).then((cache) => cache.delete(location.pathname, { ignoreVary: true }));
  location.assign("/drive");
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.dataset.act) return;
  event.preventDefault();
  const said = new FormData(form, event.submitter);
  const text = String(said.get("text") ?? "").trim();
  const reference = said.get("reference") ? String(said.get("reference")) : null;
  // Only the server knows codes: without a connection one counts as the driver's word until it has heard of it.
  await act({ what: form.dataset.act, reference, text, minutes: Number(said.get("minutes") ?? 0) });
});

document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("[data-scan]");
  if (!button) return;
  const stop = /** @type {HTMLElement} */ (button.closest(".stop"));
  const video = /** @type {HTMLVideoElement} */ (stop.querySelector("video"));
  video.hidden = false;
  const camera = new Camera(video);
  try {
    await camera.start((text) => {
      video.hidden = true;
      void act({ what: "board", reference: stop.dataset.reference ?? null, text, minutes: 0 });
    });
  } catch {
    video.hidden = true;
    said.textContent = say("camera_fails");
    said.hidden = false;
  }
});

/** What only works with a script. */
function prepare() {
  if (!possible) return;
  for (const each of document.querySelectorAll("[data-script]")) each.toggleAttribute("hidden", false);
}

function follow() {
  navigator.geolocation?.watchPosition(
    ({ coords }) => {
      const due = Date.now() - positioned_ms >= POSITION_EVERY_MS;
      if (!due || manifest().dataset.state !== "OUT" || !navigator.onLine) return;
      positioned_ms = Date.now();
      post(root.dataset.position ?? "", { lon: coords.longitude, lat: coords.latitude }).catch(() => undefined);
    },
    () => undefined,
    { enableHighAccuracy: true, maximumAge: 5000 },
  );
}

/** Keep the page and its files: the first load may have come before the worker. */
async function keepPage() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(`/drive/worker.js?driver=${driver}`, { scope: "/drive/" });
  await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name.split("#")[0] ?? "");
  const files = loaded.filter((name) => name.startsWith(location.origin) && !name.includes("/api/"));
  const cache = await caches.open(KEPT);
  await cache.addAll([...new Set([location.pathname, ...files])].filter((name) => !name.includes("/worker.js")));
  root.dataset.kept = "yes";
}

prepare();
for (const action of await queue.list()) apply(action);
await showQueue();
await keepPage().catch(() => undefined);
root.dataset.ready = "yes";
follow();
if (navigator.onLine) await exchange();
addEventListener("online", () => void exchange());
setInterval(() => void (navigator.onLine && exchange()), EVERY_MS);
