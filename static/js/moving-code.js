/** The figures beside a ticket's code, which change every half minute: RFC 6238 with SHA-256 (services/moving_codes). */

export const STEP_MS = 30_000;

/**
 * What a page shows at a moment.
 * @param {string} hex The ticket's key
 * @param {number} now_ms
 * @returns {Promise<string>}
 */
export async function codeAt(hex, now_ms) {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(now_ms / STEP_MS)));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter));
  const begin = mac.getUint8(mac.byteLength - 1) & 0xf; // RFC 4226, 5.3: dynamic truncation
  return String((mac.getUint32(begin) & 0x7fffffff) % 10_000).padStart(4, "0");
}
