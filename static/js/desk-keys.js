/**
 * The phone desk by keyboard: a key that stands in a frame presses its button or goes to its field.
 * No module, so that it is there before anybody can see what to press.
 */

/** @param {EventTarget | null} target */
function isWriting(target) {
  if (target instanceof HTMLInputElement) return !["radio", "checkbox", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isWriting(event.target)) {
    if (event.key === "Escape") /** @type {HTMLElement} */ (event.target).blur();
    return;
  }
  if (event.key === "?") {
    document.querySelector("details.keys")?.toggleAttribute("open");
    return;
  }
  const found = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`));
  if (!found) return;
  event.preventDefault();
  if (found instanceof HTMLInputElement) {
    found.focus();
    if (found.type !== "radio") found.select();
  } else {
    found.click();
  }
});
