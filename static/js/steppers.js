/** Minus and plus buttons beside number fields, and one line that says who travels. */
import { say } from "maas/strings";

/**
 * @param {HTMLInputElement} input
 * @param {-1 | 1} step
 * @param {() => void} changed
 */
function button(input, step, changed) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet square";
  made.textContent = step > 0 ? "+" : "−";
  made.setAttribute("aria-label", `${say(step > 0 ? "more" : "fewer")} ${input.labels?.[0]?.textContent ?? ""}`);
  made.addEventListener("click", () => {
    if (step > 0) input.stepUp();
    else input.stepDown();
    changed();
  });
  return made;
}

/**
 * @param {HTMLElement} root Where the number fields are.
 * @param {HTMLElement} line What says who travels, from the fields' labels.
 */
export function addSteppers(root, line) {
  const inputs = [...root.querySelectorAll("input[type=number]")].map((each) => /** @type {HTMLInputElement} */ (each));
  const changed = () => {
    const counted = inputs.filter((input) => input.valueAsNumber > 0);
    line.textContent = counted.map((input) => (input.value === "1" ? input.dataset.one : `${input.labels?.[0]?.textContent} ${input.value}`)).join(", ");
  };
  for (const input of inputs) {
    input.before(button(input, -1, changed));
    input.after(button(input, 1, changed));
    input.addEventListener("change", changed);
  }
}
