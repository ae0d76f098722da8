/** Reports what was checked, and fetches what the device has to know. */

/** @typedef {import("maas/inspector-store").Store} Store */
/** @typedef {{id: string, serial: string, at: string, departure: string, outcome: string, conflict: {at: string} | null}} Answered */

const MOST_AT_ONCE = 500;
const KEPT_MS = 4 * 24 * 3600_000;

/** Who used this page may do so no more. */
export class NoMore extends Error {}

export class Sync {
  /**
   * @param {Store} store
   * @param {string} operator
   * @param {string} timezone
   */
  constructor(store, operator, timezone) {
    this.store = store;
    this.timezone = timezone;
    /** How far the clock of this device is before the server's. */
    this.ahead_ms = 0;
    this.base = `/api/v1/operators/${operator}`;
  }

  /**
   * All of it; rejects where there is no connection.
   * @returns {Promise<Answered[]>} What was shown twice
   */
  async run() {
    await this.#report();
    const now_ms = Date.now();
    const days = [-1, 0, 1].map((after) => this.#day(now_ms + after * 24 * 3600_000));
    const [keys, revocations, flagged, ...lists] = await Promise.all([
      this.#fetch("/api/v1/ticket-keys"),
      this.#fetch(`${this.base}/revocations`),
      this.#fetch(`${this.base}/checks`),
      ...days.map((day) => this.#fetch(`${this.base}/day-list?date=${day}`)),
    ]);
    const tickets = lists.flatMap((list) => list.tickets);
    await this.store.put("lists", { keys, revoked: revocations.serials, tickets, at: new Date(now_ms).toISOString() });
    await this.store.tidy(new Date(now_ms - KEPT_MS).toISOString());
    return flagged.checks;
  }

  async #report() {
    const waiting = await this.store.unsent();
    const device = await this.#device();
    for (let first = 0; first < waiting.length; first += MOST_AT_ONCE) {
      const part = waiting.slice(first, first + MOST_AT_ONCE);
      const checks = part.map(({ id, serial, at, boarding, departure, verdict }) => ({
        id, serial, at, boarding, departure, verdict,
      }));
      const answer = await this.#fetch(`${this.base}/checks`, { device, checks });
      /** @type {Map<string, string>} */
      const outcomes = new Map(answer.checks.map((/** @type {Answered} */ each) => [each.id, each.outcome]));
      for (const check of part) await this.store.note({ ...check, sent: 1, outcome: outcomes.get(check.id) });
    }
  }

  /** @returns {Promise<string>} The random name of this device */
  async #device() {
    const known = await this.store.get("device");
    if (known) return known;
    const made = crypto.randomUUID();
    await this.store.put("device", made);
    return made;
  }

  /**
   * @param {string} address
   * @param {unknown} [body]
   */
  async #fetch(address, body) {
    /** @type {RequestInit} */
    const how = { headers: { Accept: "application/json" } };
    if (body) {
      const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
      how.method = "POST";
      how.headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token };
      how.body = JSON.stringify(body);
    }
    const answer = await fetch(address, how);
    if (answer.status === 401 || answer.status === 404) throw new NoMore(String(answer.status));
    if (!answer.ok) throw new Error(String(answer.status));
    const told_ms = Date.parse(answer.headers.get("Date") ?? "");
    if (told_ms) this.ahead_ms = Date.now() - told_ms;
    return answer.json();
  }

  /**
   * The date at the operator.
   * @param {number} at_ms
   */
  #day(at_ms) {
    return new Intl.DateTimeFormat("sv", { timeZone: this.timezone, dateStyle: "short" }).format(at_ms);
  }
}
