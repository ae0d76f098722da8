/** What is to be said of a ticket, from what the device knows. No network, no page. */
import { Refused, serialOf, verify } from "maas/ticket-verify";

/** @typedef {{departure: string, line: string, start: string, end: string, service_date: string, departs: string, departs_at: string, boarded_at: string | null}} ListedRide */
/** @typedef {{serial: string, state: string, product: string, category: string, valid_from_at: string, valid_until_at: string, moving_key: string, rides: ListedRide[]}} Listed */
/** @typedef {{keys: import("maas/ticket-verify").Keys | null, tickets: Map<string, Listed>, revoked: Set<string>, operator: string}} Known */
/** @typedef {{now_ms: number, boarding: boolean, departure: string, seen: import("maas/inspector-store").KeptCheck[]}} Situation */
/**
 * `verdict` is reported; `tone` is how it is shown; `notes` are further things to say, `at` belongs to `used`.
 * @typedef {{verdict: string, tone: "good" | "warn" | "bad", serial: string, departure: string, notes: string[], at?: string, ticket?: Listed, claims?: import("maas/ticket-verify").Claims}} Verdict
 */

const SOON_MS = 15 * 60_000;
export const SHORTEST = 4;

/**
 * The one listed ticket of a number or its end.
 * @param {string} text
 * @param {Known} known
 * @param {number} now_ms
 * @returns {Listed | "several" | null}
 */
export function byNumber(text, known, now_ms) {
  const number = text.replace(/[\s-]/g, "").toUpperCase();
  const whole = known.tickets.get(number);
  if (whole || number.length < SHORTEST) return whole ?? null;
  const found = [...known.tickets.values()].filter((each) => each.serial.endsWith(number) && during(each, now_ms));
  return found.length > 1 ? "several" : (found[0] ?? null);
}

/**
 * @param {string} token
 * @param {Known} known
 * @param {(serial: string) => Promise<Situation>} look
 * @returns {Promise<Verdict>}
 */
export async function judgeCode(token, known, look) {
  const now = await look("");
  try {
    if (!known.keys) return await unverified(token, known, look);
    const claims = await verify(token.trim(), known.keys, now.now_ms, known.operator);
    const ticket = known.tickets.get(claims.serial);
    const situation = await look(claims.serial);
    if (known.revoked.has(claims.serial) || ticket?.state === "VOID") {
      return { ...refused("revoked", "bad"), serial: claims.serial, claims, ticket };
    }
    if (ticket) return { ...judged(ticket, situation), claims };
    const seen = seenHere(situation, situation.departure);
    if (seen) return { ...refused("used", "warn"), serial: claims.serial, at: seen.at, claims };
    return {
      verdict: "valid", tone: "good", serial: claims.serial, departure: situation.departure, claims,
      notes: ["not_listed"],
    };
  } catch (refusal) {
    if (refusal instanceof Refused) return refused(refusal.code, "bad");
    throw refusal;
  }
}

/**
 * Where the browser cannot verify: the list alone, by the serial that the code names.
 * @param {string} token
 * @param {Known} known
 * @param {(serial: string) => Promise<Situation>} look
 * @returns {Promise<Verdict>}
 */
async function unverified(token, known, look) {
  const ticket = known.tickets.get(serialOf(token.trim()));
  return ticket ? judgeNumber(ticket, known, await look(ticket.serial)) : refused("no_crypto", "warn");
}

/**
 * @param {Listed} ticket
 * @param {Known} known
 * @param {Situation} situation
 * @returns {Verdict}
 */
export function judgeNumber(ticket, known, situation) {
  if (known.revoked.has(ticket.serial) || ticket.state === "VOID") {
    return { ...refused("revoked", "bad"), serial: ticket.serial, ticket };
  }
  if (situation.now_ms < Date.parse(ticket.valid_from_at)) {
    return { ...refused("not_yet_valid", "bad"), serial: ticket.serial, ticket };
  }
  if (!during(ticket, situation.now_ms)) return { ...refused("expired", "bad"), serial: ticket.serial, ticket };
  const found = judged(ticket, situation);
  return found.tone === "good" ? { ...found, tone: "warn", notes: ["by_number", ...found.notes] } : found;
}

/**
 * @param {Listed} ticket
 * @param {Situation} situation
 * @returns {Verdict}
 */
function judged(ticket, situation) {
  const ride = ticket.rides.find((each) => each.departure === situation.departure) ?? nearest(ticket, situation.now_ms);
  const departure = situation.departure || ride.departure;
  const here = seenHere(situation, departure);
  const base = { serial: ticket.serial, departure, ticket };
  if (here) return { ...base, verdict: "used", tone: "warn", notes: ["used_here"], at: here.at };
  const boarded = ticket.rides.find((each) => each.departure === departure)?.boarded_at;
  const elsewhere = boarded && !situation.seen.some((each) => each.boarding && each.departure === departure);
  if (situation.boarding && elsewhere) return { ...base, verdict: "used", tone: "bad", notes: [], at: boarded };
  const other = situation.departure && ride.departure !== situation.departure;
  return { ...base, verdict: "valid", tone: other ? "warn" : "good", notes: other ? ["other_ride"] : [] };
}

/**
 * The check at this door, for this departure, that this device made before.
 * @param {Situation} situation
 * @param {string} departure
 */
function seenHere(situation, departure) {
  if (!situation.boarding) return undefined;
  return situation.seen.find((each) => each.boarding && each.verdict === "valid" && each.departure === departure);
}

/**
 * The ride that it is about now: the last that has left or is about to.
 * @param {Listed} ticket
 * @param {number} now_ms
 * @returns {ListedRide}
 */
export function nearest(ticket, now_ms) {
  const near = ticket.rides.filter((ride) => Date.parse(ride.departs_at) <= now_ms + SOON_MS);
  return /** @type {ListedRide} */ (near.at(-1) ?? ticket.rides[0]);
}

/**
 * @param {Listed} ticket
 * @param {number} now_ms
 */
function during(ticket, now_ms) {
  return Date.parse(ticket.valid_from_at) <= now_ms && now_ms < Date.parse(ticket.valid_until_at);
}

/**
 * @param {string} verdict
 * @param {"warn" | "bad"} tone
 * @returns {Verdict}
 */
export function refused(verdict, tone) {
  return { verdict, tone, serial: "", departure: "", notes: [] };
}
