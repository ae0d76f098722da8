/** What a driver has pressed and nobody has heard of yet, kept on the device in IndexedDB. */

/** @typedef {{key: string, what: string, at: string, reference: string | null, text: string, minutes: number, offline: boolean}} Action */

const MOST_AT_ONCE = 200;

/** Who used this page may do so no more. */
export class NoMore extends Error {}

export class Queue {
  /**
   * @param {IDBDatabase} database
   * @param {string} address
   * @param {string} driver
   */
  constructor(database, address, driver) {
    this.database = database;
    this.address = address;
    this.driver = driver;
    /** How far the clock of this device is before the server's. */
    this.ahead_ms = 0;
  }

  /**
   * @param {string} driver Who has pressed; nothing of it is sent for anybody else
   * @param {string} shift
   * @param {string} address Where actions are sent
   * @returns {Promise<Queue>}
   */
  static async open(driver, shift, address) {
    const asked = indexedDB.open(`drive-${driver}-${shift}`, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("actions", { autoIncrement: true });
    return new Queue(await done(asked), address, driver);
  }

  /** @param {Omit<Action, "key" | "at" | "offline">} said */
  async add(said) {
    const at = new Date(Date.now() - this.ahead_ms).toISOString();
    const offline = !navigator.onLine;
    await done(this.#rows("readwrite").add({ ...said, key: crypto.randomUUID(), at, offline }));
  }

  /** @returns {Promise<Action[]>} The oldest first */
  list() {
    return done(this.#rows("readonly").getAll());
  }

  /**
   * Send what waits, in order; rejects where there is no connection.
   * @returns {Promise<string[]>} Why some did not work, in codes
   */
  async send() {
    /** @type {string[]} */
    const refused = [];
    for (let actions = await this.list(); actions.length; actions = await this.list()) {
      const answer = await this.#post(actions.slice(0, MOST_AT_ONCE));
      /** @type {Map<string, string>} */
      const outcomes = new Map(answer.actions.map((/** @type {{key: string, outcome: string}} */ each) => [each.key, each.outcome]));
      await this.#forget(new Set(outcomes.keys()));
      refused.push(...[...outcomes.values()].filter((outcome) => outcome !== "done"));
    }
    return refused;
  }

  /** @param {Set<string>} keys */
  async #forget(keys) {
    const rows = this.#rows("readwrite");
    await new Promise((resolve, reject) => {
      const asked = rows.openCursor();
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const cursor = asked.result;
        if (!cursor) return resolve(undefined);
        if (keys.has(cursor.value.key)) cursor.delete();
        cursor.continue();
      };
    });
  }

  /** @param {Action[]} actions */
  async #post(actions) {
    const sent_at = new Date(Date.now() - this.ahead_ms).toISOString();
    const answer = await post(this.address, { driver: Number(this.driver), sent_at, actions });
    const told_ms = Date.parse(answer.headers.get("Date") ?? "");
    if (told_ms) this.ahead_ms = Date.now() - told_ms;
    return answer.json();
  }

  /** @param {IDBTransactionMode} mode */
  #rows(mode) {
    return this.database.transaction("actions", mode).objectStore("actions");
  }
}

/**
 * @param {string} address
 * @param {unknown} body
 */
export async function post(address, body) {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) throw new NoMore(String(answer.status));
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
