/**
 * Tickets are compact JWS (RFC 7515) signed with Ed25519 (RFC 8037, RFC 9864). Verified here by WebCrypto, with nothing
 * but our public keys. It says the same as `bookings/services/ticketing.verify`; a bar holds both to one sample.
 */

/** @typedef {{line: string, start: string, end: string, service_date: string, departs: string}} Ride */
/** @typedef {{serial: string, operator: string, product: string, category: string, rides: Ride[], from_s: number, until_s: number}} Claims */
/** @typedef {Map<string, CryptoKey>} Keys */

const ALGORITHM = "Ed25519";

/** A ticket that must not be accepted; `code` says why. */
export class Refused extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * The keys of a JSON Web Key Set. Rejects where the browser does not know Ed25519.
 * @param {{keys: {kid: string, kty: string, crv: string, x: string}[]}} set
 * @returns {Promise<Keys>}
 */
export async function readKeys(set) {
  /** @type {Keys} */
  const keys = new Map();
  for (const { kid, kty, crv, x } of set.keys) {
    keys.set(kid, await crypto.subtle.importKey("jwk", { kty, crv, x }, ALGORITHM, false, ["verify"]));
  }
  return keys;
}

/**
 * What a ticket says, if it is genuine, of this operator, and valid at that time.
 * @param {string} token
 * @param {Keys} keys
 * @param {number} now_ms
 * @param {string} operator
 * @returns {Promise<Claims>}
 */
export async function verify(token, keys, now_ms, operator) {
  const claims = await genuine(token, keys);
  if (claims.operator !== operator) throw new Refused("other_operator");
  if (now_ms < claims.from_s * 1000) throw new Refused("not_yet_valid");
  if (now_ms >= claims.until_s * 1000) throw new Refused("expired");
  return claims;
}

/**
 * The serial that a token names. Nothing of it is verified.
 * @param {string} token
 * @returns {string}
 */
export function serialOf(token) {
  const body = decoded(token.split(".")[1] ?? "");
  if (!body) throw new Refused("malformed");
  return String(object(body).jti);
}

/**
 * What a genuine ticket says, whenever and wherever it is valid. The algorithm is ours, whatever the header asks for.
 * @param {string} token
 * @param {Keys} keys
 * @returns {Promise<Claims>}
 */
async function genuine(token, keys) {
  const parts = token.split(".");
  const [head, body, signature] = parts.map(decoded);
  if (parts.length !== 3 || !head || !body) throw new Refused("malformed");
  const header = object(head);
  const key = typeof header.kid === "string" ? keys.get(header.kid) : undefined;
  if (!key) throw new Refused("unknown_key");
  if (header.alg !== ALGORITHM || Object.keys(header).length !== 2) throw new Refused("malformed");
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  if (!signature || !(await crypto.subtle.verify(ALGORITHM, key, signature, signed))) throw new Refused("bad_signature");
  const said = object(body);
  return {
    serial: said.jti,
    operator: said.aud,
    product: said.p,
    category: said.c,
    from_s: said.nbf,
    until_s: said.exp,
    rides: said.l.map((/** @type {string[]} */ [line, start, end, service_date, departs]) => ({
      line, start, end, service_date, departs,
    })),
  };
}

/**
 * The bytes of base64url without padding (RFC 7515, section 2), in the one way in which they can be written.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | null}
 */
function decoded(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return null;
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const again = btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return again === text ? Uint8Array.from(raw, (each) => each.charCodeAt(0)) : null;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Record<string, any>}
 */
function object(bytes) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (value && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // Not JSON: no ticket.
  }
  throw new Refused("malformed");
}
