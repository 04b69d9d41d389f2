// Saving the one image that is shown, at its full size, as it is shown.

import { answered, readingOn } from './ask.js';
import { el } from './dom.js';
import { asked } from './windows.js';

const ENDINGS = { 'image/jpeg': 'jpg', 'image/png': 'png' };

/** Saves the image of a pane. */
export async function saveImage(pane, type, signal) {
  const { stack } = pane;
  const window = stack.askedWindow ? `?${asked(stack.askedWindow).slice(1)}` : '';
  const response = await answered(`${stack.frames.address(stack.index)}${window}`, { headers: { Accept: type }, signal });
  const blob = await readingOn(response.blob());
  const levels = pane.levels();
  hand(levels ? await changed(blob, levels, type) : blob, `image-${stack.index + 1}.${ENDINGS[type]}`);
}

/** With what is done to the picture on the page done to the file. */
async function changed(blob, levels, type) {
  const bitmap = await createImageBitmap(blob);
  const canvas = el('canvas', { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext('2d');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < pixels.data.length; at += 4) {
    for (let channel = 0; channel < 3; channel += 1) pixels.data[at + channel] = levels[pixels.data[at + channel]];
  }
  context.putImageData(pixels, 0, 0);
  return new Promise((resolve) => { canvas.toBlob((made) => resolve(made ?? blob), type, 0.92); });
}

/** Hands something to the browser to be saved. No name of a file says whose image it is. */
export function hand(blob, name) {
  const url = URL.createObjectURL(blob);
  const anchor = el('a', { href: url, download: name, hidden: true });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
