/** The sentences of the page, put there by the server in the reader's language. */

/** @type {Record<string, string>} */
const strings = JSON.parse(document.getElementById("strings")?.textContent ?? "{}");

/**
 * The sentence of a key, with `{name}` replaced.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  return (strings[key] ?? key).replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
}

/**
 * A picture of the sprite that the page already uses.
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const used = document.querySelector("svg.icon use")?.getAttribute("href") ?? "#";
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${used.split("#")[0]}#${name}`);
  picture.append(use);
  return picture;
}
