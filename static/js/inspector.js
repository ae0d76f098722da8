/** The inspector's page: scan or type, see the verdict, and tell about it when there is a connection. */
import { Camera, possible } from "maas/inspector-camera";
import { Store } from "maas/inspector-store";
import { NoMore, Sync } from "maas/inspector-sync";
import { byNumber, judgeCode, judgeNumber, refused } from "maas/inspector-verdict";
import { codeAt, STEP_MS } from "maas/moving-code";
import { icon, say } from "maas/strings";
import { readKeys } from "maas/ticket-verify";

const EVERY_MS = 60_000;
const CLOCK_MS = 2 * 60_000;
const NEAR_MS = 6 * 3600_000;

/**
 * @template {Element} T
 * @param {string} selector
 * @returns {T}
 */
const part = (selector) => /** @type {T} */ (document.querySelector(selector));

/** @type {HTMLElement} */
const root = part("[data-inspect]");
const operator = root.dataset.inspect ?? "";
const timezone = root.dataset.timezone ?? "UTC";
/** @type {HTMLFormElement} */
const form = part("#check");
/** @type {HTMLInputElement} */
const field = part("#text");
/** @type {HTMLSelectElement} */
const departures = part("#departure");
/** @type {HTMLElement} */
const shown = part("#verdict");
/** @type {HTMLElement} */
const state = part("#state");

const store = await Store.open(operator);
const sync = new Sync(store, operator, timezone);
/** @type {import("maas/inspector-verdict").Known} */
let known = { keys: null, tickets: new Map(), revoked: new Set(), operator };
let lists_at = "";
let unable = false;
let last_serial = "";

/** Take up what the device knows. */
async function load() {
  const lists = await store.get("lists");
  lists_at = lists?.at ?? "";
  known = { keys: null, tickets: new Map(), revoked: new Set(lists?.revoked), operator };
  for (const ticket of lists?.tickets ?? []) known.tickets.set(ticket.serial, ticket);
  try {
    known.keys = lists ? await readKeys(lists.keys) : null;
  } catch {
    unable = true;
  }
  if (!globalThis.crypto?.subtle) unable = true;
  part("#unable").toggleAttribute("hidden", !unable);
  offerDepartures();
  await showState();
}

/** The departures around now, so that each check says where it was made. */
function offerDepartures() {
  const chosen = departures.value;
  /** @type {Map<string, [string, string]>} */
  const found = new Map();
  for (const ticket of known.tickets.values()) {
    for (const ride of ticket.rides) {
      if (Math.abs(Date.parse(ride.departs_at) - Date.now()) < NEAR_MS && !found.has(ride.departure)) {
        found.set(ride.departure, [ride.departs_at, `${ride.departs} ${ride.line} ${ride.start} – ${ride.end}`]);
      }
    }
  }
  const sorted = [...found].sort((a, b) => a[1][0].localeCompare(b[1][0]));
  departures.replaceChildren(new Option(say("any_departure"), ""));
  for (const [key, [, text]] of sorted) departures.add(new Option(text, key));
  departures.value = found.has(chosen) ? chosen : "";
  part("#departures").toggleAttribute("hidden", found.size === 0);
}

async function showState() {
  const waiting = (await store.unsent()).length;
  const from = lists_at ? say("ready", { at: moment(lists_at), count: known.tickets.size }) : say("not_ready");
  const lines = [from];
  if (waiting) lines.push(say("waiting", { count: waiting }));
  if (Math.abs(sync.ahead_ms) > CLOCK_MS) lines.push(say("clock", { minutes: Math.round(sync.ahead_ms / 60_000) }));
  state.textContent = lines.join(" ");
}

/**
 * Judge what was scanned or typed, show it, and note it.
 * @param {string} text
 */
async function check(text) {
  const now_ms = Date.now();
  const boarding = new FormData(form).get("boarding") === "yes";
  /** @param {string} serial */
  const look = async (serial) => ({
    now_ms, boarding, departure: departures.value, seen: serial ? await store.checksOf(serial) : [],
  });
  const verdict = await judge(text.trim(), now_ms, look);
  last_serial = verdict.serial;
  show(verdict);
  if (!verdict.serial) return;
  const { serial, departure } = verdict;
  const at = new Date(now_ms).toISOString();
  await store.note({ id: crypto.randomUUID(), serial, at, boarding, departure, verdict: verdict.verdict, sent: 0 });
  await showState();
  if (navigator.onLine) await exchange();
}

/**
 * @param {string} text
 * @param {number} now_ms
 * @param {(serial: string) => Promise<import("maas/inspector-verdict").Situation>} look
 */
async function judge(text, now_ms, look) {
  if (!lists_at) return refused("not_ready", "warn");
  if (text.includes(".")) return judgeCode(text, known, look);
  const ticket = byNumber(text, known, now_ms);
  if (ticket === "several") return refused("several", "warn");
  return ticket ? judgeNumber(ticket, known, await look(ticket.serial)) : refused("unknown", "bad");
}

/** @param {import("maas/inspector-verdict").Verdict} verdict */
function show(verdict) {
  const heading = document.createElement("h2");
  heading.append(icon(verdict.tone === "good" ? "check" : "alert"), say(`tone_${verdict.tone}`));
  const reason = line(say(`verdict_${verdict.verdict}`, { at: verdict.at ? moment(verdict.at) : "" }), "strong");
  const notes = verdict.notes.map((note) => line(say(`note_${note}`, { at: moment(lists_at) })));
  shown.className = `verdict ${verdict.tone}`;
  shown.replaceChildren(heading, reason, ...notes, ...facts(verdict));
  shown.hidden = false;
  shown.scrollIntoView({ block: "nearest" });
  if (verdict.ticket && verdict.tone !== "bad") showFigures(verdict.ticket);
}

/** @param {import("maas/inspector-verdict").Verdict} verdict */
function facts(verdict) {
  const said = verdict.ticket ?? verdict.claims;
  if (!said) return [];
  const list = document.createElement("dl");
  list.className = "facts";
  const rides = said.rides.map((ride) => `${ride.departs} ${ride.line} ${ride.start} – ${ride.end}`).join("\n");
  const category = document.querySelector(`#categories [data-key="${CSS.escape(said.category)}"]`)?.textContent;
  const valid = verdict.ticket
    ? [Date.parse(verdict.ticket.valid_from_at), Date.parse(verdict.ticket.valid_until_at)]
    : [(verdict.claims?.from_s ?? 0) * 1000, (verdict.claims?.until_s ?? 0) * 1000];
  const pairs = [
    [say("journey"), rides],
    [say("valid"), valid.map((at_ms) => moment(new Date(at_ms).toISOString())).join(" – ")],
    [say("for"), category ?? said.category],
    [say("ticket"), said.product],
    [say("number"), said.serial],
  ];
  for (const [term, text] of pairs) {
    const name = document.createElement("dt");
    const value = document.createElement("dd");
    name.textContent = term ?? "";
    value.textContent = text ?? "";
    list.append(name, value);
  }
  return [list];
}

/**
 * What a screen with this ticket shows now, until another ticket is looked at.
 * @param {import("maas/inspector-verdict").Listed} ticket
 */
async function showFigures(ticket) {
  if (!globalThis.crypto?.subtle) return;
  const row = line("", "figures");
  shown.append(row);
  while (row.isConnected && last_serial === ticket.serial) {
    const [now, before] = await Promise.all([0, STEP_MS].map((ago) => codeAt(ticket.moving_key, Date.now() - ago)));
    row.textContent = say("figures", { now: now ?? "", before: before ?? "" });
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/**
 * @param {string} text
 * @param {string} [kind]
 */
function line(text, kind = "") {
  const paragraph = document.createElement("p");
  paragraph.className = kind;
  paragraph.textContent = text;
  return paragraph;
}

/** @param {string} at */
function moment(at) {
  if (!at) return "";
  const time = new Date(at);
  const today = time.toDateString() === new Date().toDateString();
  const how = /** @type {Intl.DateTimeFormatOptions} */ ({ timeZone: timezone, hour: "2-digit", minute: "2-digit" });
  const day = /** @type {Intl.DateTimeFormatOptions} */ (today ? {} : { day: "numeric", month: "numeric" });
  return new Intl.DateTimeFormat(document.documentElement.lang, { ...how, ...day, hour12: false }).format(time);
}

let busy = false;

/** Report and fetch, where there is a connection. */
async function exchange() {
  if (busy) return;
  busy = true;
  try {
    showTwice(await sync.run());
    part("#login").toggleAttribute("hidden", true);
    await load();
  } catch (failure) {
    if (failure instanceof NoMore) {
      await store.forget();
      part("#login").toggleAttribute("hidden", false);
      await load();
    }
    await showState();
  } finally {
    busy = false;
  }
}

/** @param {import("maas/inspector-sync").Answered[]} flagged */
function showTwice(flagged) {
  const rows = flagged.map((each) => {
    const row = document.createElement("li");
    const at = moment(each.at);
    const other = each.conflict ? moment(each.conflict.at) : "";
    row.textContent = say(`flag_${each.outcome}`, { serial: each.serial, at, other });
    return row;
  });
  part("#twice ul").replaceChildren(...rows);
  part("#twice").toggleAttribute("hidden", rows.length === 0);
}

/** Keep this page and its files: the first load may have come before the worker. */
async function keepPage() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/inspect/worker.js", { scope: "/inspect/" });
  await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name.split("#")[0] ?? "");
  const files = loaded.filter((name) => name.startsWith(location.origin) && !name.includes("/api/"));
  const cache = await caches.open("inspect");
  await cache.addAll([...new Set([location.pathname, ...files])].filter((name) => !name.endsWith("/worker.js")));
  root.dataset.kept = "yes";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (field.value.trim()) void check(field.value);
  field.value = "";
});
part("#sync").addEventListener("click", () => void exchange());

const scan = /** @type {HTMLButtonElement} */ (part("#scan"));
const video = /** @type {HTMLVideoElement} */ (part("#camera"));
const camera = new Camera(video);
scan.hidden = !possible;
scan.addEventListener("click", async () => {
  if (camera.stream) {
    camera.stop();
    video.hidden = true;
    return;
  }
  video.hidden = false;
  shown.hidden = true;
  try {
    await camera.start((text) => void check(text));
  } catch {
    shown.className = "verdict warn";
    shown.replaceChildren(line(say("camera_fails"), "strong"));
    shown.hidden = false;
  }
  video.hidden = camera.stream === null;
});

for (const each of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-script]"))) each.hidden = false;
await load();
await keepPage().catch(() => undefined);
await exchange();
root.dataset.ready = "yes";
addEventListener("online", () => void exchange());
setInterval(() => void (navigator.onLine && exchange()), EVERY_MS);
