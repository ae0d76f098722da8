/** What an inspector's page keeps on the device, in IndexedDB: lists, keys, and checks until they are reported. */

/** @typedef {{id: string, serial: string, at: string, boarding: boolean, departure: string, verdict: string}} Check */
/** @typedef {Check & {sent: 0 | 1, outcome?: string}} KeptCheck */

export class Store {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /**
   * @param {string} operator
   * @returns {Promise<Store>}
   */
  static async open(operator) {
    const asked = indexedDB.open(`inspect-${operator}`, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      const checks = asked.result.createObjectStore("checks", { keyPath: "id" });
      checks.createIndex("sent", "sent");
      checks.createIndex("serial", "serial");
    };
    return new Store(await done(asked));
  }

  /**
   * @param {string} name
   * @returns {Promise<any>}
   */
  get(name) {
    return done(this.#rows("kept", "readonly").get(name));
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  async put(name, value) {
    await done(this.#rows("kept", "readwrite").put(value, name));
  }

  /** Forget the lists: who used this page may do so no more. What was checked is still to be reported. */
  async forget() {
    await done(this.#rows("kept", "readwrite").delete("lists"));
  }

  /** @param {KeptCheck} check */
  async note(check) {
    await done(this.#rows("checks", "readwrite").put(check));
  }

  /** @returns {Promise<KeptCheck[]>} */
  unsent() {
    return done(this.#rows("checks", "readonly").index("sent").getAll(0));
  }

  /**
   * @param {string} serial
   * @returns {Promise<KeptCheck[]>}
   */
  checksOf(serial) {
    return done(this.#rows("checks", "readonly").index("serial").getAll(serial));
  }

  /**
   * Drop reported checks that are older than that.
   * @param {string} before RFC 3339, UTC
   */
  async tidy(before) {
    const sent = await done(this.#rows("checks", "readonly").index("sent").getAll(1));
    for (const check of sent) if (check.at < before) await done(this.#rows("checks", "readwrite").delete(check.id));
  }

  /**
   * @param {"kept" | "checks"} name
   * @param {IDBTransactionMode} mode
   */
  #rows(name, mode) {
    return this.database.transaction(name, mode).objectStore(name);
  }
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
