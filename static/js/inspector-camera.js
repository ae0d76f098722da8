/** Reads QR codes by the device's camera: by the browser itself where it can, else by a script. */
import { BarcodeDetector as Script } from "qr/decode.js";

/** @typedef {{detect: (source: ImageBitmapSource) => Promise<{rawValue: string}[]>}} Reader */

const PAUSE_MS = 120;

/** Whether there can be a camera: browsers allow it to secure pages alone. */
export const possible = Boolean(navigator.mediaDevices?.getUserMedia);

export class Camera {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    /** @type {MediaStream | null} */
    this.stream = null;
  }

  /**
   * Look until a code is read or `stop` is called. Rejects where the camera is refused.
   * @param {(text: string) => void} found
   */
  async start(found) {
    const reader = await newReader();
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    this.video.srcObject = this.stream;
    await this.video.play();
    while (this.stream) {
      const codes = await reader.detect(this.video).catch(() => []);
      const text = codes[0]?.rawValue;
      if (text && this.stream) {
        this.stop();
        found(text);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }
}

/** @returns {Promise<Reader>} */
async function newReader() {
  const own = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = own ? await own.getSupportedFormats().catch(() => []) : [];
  return formats.includes("qr_code") ? new own({ formats: ["qr_code"] }) : new Script({ formats: ["qr_code"] });
}
