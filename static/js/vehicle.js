/** The rider's page: shows what the server tells as it happens; where it cannot, asks now and then. */

const EVERY_MS = 10_000;
const shown = /** @type {HTMLElement} */ (document.querySelector("#vehicles"));

/** @param {string} drawn */
function show(drawn) {
  const fresh = new DOMParser().parseFromString(drawn, "text/html").body;
  if (fresh.innerHTML.trim() === shown.innerHTML.trim()) return;
  shown.replaceChildren(...fresh.childNodes);
}

const isAhead = () => Boolean(shown.querySelector("[data-phase=later], [data-phase=coming], [data-phase=here], [data-phase=aboard]"));

async function ask() {
  try {
    const answer = await fetch(shown.dataset.part ?? "", { headers: { Accept: "text/html" } });
    if (answer.ok) show(await answer.text());
  } catch {
    // No connection: ask again later.
  }
  if (isAhead()) setTimeout(ask, EVERY_MS);
}

if (isAhead()) {
  const stream = new EventSource(shown.dataset.live ?? "");
  let asks = false;
  stream.addEventListener("message", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("over", () => stream.close());
  stream.addEventListener("error", () => {
    // It comes again by itself, but for a server that cannot keep it open.
    if (stream.readyState !== EventSource.CLOSED || asks) return;
    asks = true;
    void ask();
  });
}
