// Getting a photo to search with: from a file, the clipboard, a drop, an address; made small before it is sent.

import { ask } from "./api.js";

const MAX_SIDE = 1024; // no model looks at more
const SMALL_BYTES = 400_000; // sent as it is below this
const MAX_BYTES = 20_000_000;
const QUALITY = 0.92;
const KEPT = "photo";

/** A file of any kind as a Blob that the browser can show and that is quick to send. Throws Problem. */
export async function fromFile(file) {
  if (file.size > MAX_BYTES) throw new Error("The photo is over the limit of 20 MB.");
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return preview("photo", file);
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size <= SMALL_BYTES) return file;
  return shrink(bitmap, scale);
}

/** A photo at an address: this server's own directly, any other through the server. Throws Problem. */
export async function fromAddress(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) return preview("url", url.href);
  return fromFile(await (await ask(url)).blob());
}

/** The first photo in what was pasted or dropped, as {file} or {address}; null when there is none. */
export function photoIn(data) {
  const file = [...data.files].find(({ type }) => type.startsWith("image/")) ?? data.files[0];
  if (file) return { file };
  const address = (data.getData("text/uri-list") || data.getData("text/plain")).trim().split("\n")[0];
  return /^https?:\/\//.test(address) ? { address } : null;
}

/** Keep the photo for coming back to the page; one that is too large for that is simply not there then. */
export function keep(blob) {
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    try {
      sessionStorage.setItem(KEPT, reader.result);
    } catch {
      sessionStorage.removeItem(KEPT);
    }
  });
  reader.readAsDataURL(blob);
}

/** What `keep` kept, or null. */
export function kept() {
  const [head, body] = (sessionStorage.getItem(KEPT) ?? "").split(",");
  if (!body) return null;
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: head.slice(5).split(";")[0] });
}

async function preview(name, value) {
  const form = new FormData();
  form.append(name, value);
  return (await ask("/api/v1/preview", { method: "POST", body: form })).blob();
}

function shrink(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // what the catalogue puts behind transparent photos
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
