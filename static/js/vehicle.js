/** The rider's page: shows what the server tells as it happens; where it cannot, asks now and then. */

const EVERY_MS = 10_000;
const LATER_MS = 60_000;
const shown = /** @type {HTMLElement} */ (document.querySelector("#vehicles"));

/** @param {string} drawn */
function show(drawn) {
  const fresh = new DOMParser().parseFromString(drawn, "text/html").body;
  if (fresh.innerHTML.trim() === shown.innerHTML.trim()) return;
  shown.replaceChildren(...fresh.childNodes);
}

const isLater = () => Boolean(shown.querySelector("[data-phase=later]"));
const isLive = () => Boolean(shown.querySelector("[data-phase=coming], [data-phase=here], [data-phase=aboard]"));
/** Whether this server keeps streams open, as far as is known. */
let streams = true;

async function ask() {
  try {
    const answer = await fetch(shown.dataset.part ?? "", { headers: { Accept: "text/html" } });
    if (answer.ok) show(await answer.text());
  } catch {
    // No connection: ask again later.
  }
  goOn();
}

function goOn() {
  if (isLive() && streams) listen();
  else if (isLive() || isLater()) setTimeout(ask, isLive() ? EVERY_MS : LATER_MS);
}

function listen() {
  const stream = new EventSource(shown.dataset.live ?? "");
  stream.addEventListener("message", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("over", () => {
    stream.close();
    if (isLater()) setTimeout(ask, LATER_MS);
  });
  stream.addEventListener("error", () => {
    // It comes again by itself, but for a server that cannot keep it open.
    if (stream.readyState !== EventSource.CLOSED || !streams) return;
    streams = false;
    void ask();
  });
}

goOn();
