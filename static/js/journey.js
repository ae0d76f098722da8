/** The page of one journey: its map. */
import { drawMap } from "maas/map";

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-map]"));
if (box) await drawMap(box);
