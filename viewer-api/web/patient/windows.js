// Windows (PS3.3 C.11.2): presets by modality, and what a change of window looks like before the server has drawn it.

const BY_MODALITY = {
  CT: [
    ['presetStandard', null], ['presetLung', { center: -600, width: 1500 }], ['presetBone', { center: 450, width: 1800 }],
    ['presetBrain', { center: 40, width: 80 }], ['presetAbdomen', { center: 50, width: 400 }],
    ['presetSoft', { center: 40, width: 350 }],
  ],
};
const OTHERS = [['presetStandard', null], ['presetAuto', 'auto'], ['presetNarrow', 'narrow'], ['presetWide', 'wide']];
/** Of pictures whose values nobody knows, the window is over the grey levels that are shown. */
const LEVELS = { center: 127.5, width: 255 };
const CT_DEFAULT = { center: 40, width: 400 };

/** Presets of a modality: pairs of a sentence's key and a window, or a word for one that is made from what is shown. */
export function presetsOf(modality) {
  return BY_MODALITY[modality] ?? OTHERS;
}

/** The window that pictures come with when none is asked for: in the image's own values when those are known
    (`isReal`: the server can be asked for another), else in grey levels. */
export function ownWindow(modality, shown) {
  if (shown?.window && !shown.isColour) return { ...shown.window, isReal: true };
  if (modality === 'CT' && !shown?.isColour) return { ...CT_DEFAULT, isReal: true };
  return { ...LEVELS, isReal: false };
}

/** The window that a preset's word stands for. `lowest` and `highest` are grey levels (0 to 255) of what is shown, under
    `shown`. */
export function madeWindow(word, own, shown, { lowest, highest }) {
  if (word === 'narrow') return { center: own.center, width: Math.max(own.width / 2, 1) };
  if (word === 'wide') return { center: own.center, width: own.width * 2 };
  const value = (level) => shown.center - shown.width / 2 + (level / 255) * shown.width;
  const [low, high] = [value(lowest), value(highest)];
  return { center: (low + high) / 2, width: Math.max(high - low, own.width / 100, 1) };
}

/** A window after a drag: across changes the width, up and down the centre; a whole stage is twice the window. */
export function dragged(window, across, down) {
  const width = Math.min(Math.max(window.width * Math.exp(2 * across), 1), 1e6);
  const center = Math.min(Math.max(window.center + 2 * down * window.width, -1e6), 1e6);
  return { center, width };
}

/** The part of an address that asks for a window. */
export function asked(window) {
  const rounded = (value) => Number(value.toPrecision(4));
  return `&window=${rounded(window.center)},${Math.max(rounded(window.width), 1)},linear`;
}

/** A CSS filter that makes a picture drawn under one window look as under another; empty when nothing changes. */
export function filterBetween(drawn, wanted, isInverted) {
  const inverted = isInverted ? 'invert(1)' : '';
  if (Math.abs(drawn.center - wanted.center) < 0.01 && Math.abs(drawn.width - wanted.width) < 0.01) return inverted;
  // new = gain * old + shift, over 0..1; as contrast k (about a half) and then brightness b
  const gain = drawn.width / wanted.width;
  const shift = (drawn.center - drawn.width / 2 - wanted.center + wanted.width / 2) / wanted.width;
  const brightness = Math.max(2 * shift + gain, 0.02);
  const contrast = Math.min(gain / brightness, 60);
  return `contrast(${contrast.toFixed(4)}) brightness(${brightness.toFixed(4)}) ${inverted}`.trim();
}

/** The same as a table of 256 levels; null when nothing changes. */
export function levelsBetween(drawn, wanted, isInverted) {
  if (filterBetween(drawn, wanted, isInverted) === '') return null;
  return Uint8ClampedArray.from({ length: 256 }, (_, level) => {
    const value = drawn.center - drawn.width / 2 + (level / 255) * drawn.width;
    const made = Math.min(Math.max(((value - wanted.center) / wanted.width + 0.5) * 255, 0), 255);
    return Math.round(isInverted ? 255 - made : made);
  });
}

/** The grey levels between which nearly everything of a picture lies. */
export function levelsOf(bitmap) {
  const side = 96;
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const counts = new Uint32Array(256);
  let all = 0;
  for (let at = 0; at < data.length; at += 4) {
    const level = Math.round((data[at] + data[at + 1] + data[at + 2]) / 3);
    if (level < 3) continue; // What lies around the body.
    counts[level] += 1;
    all += 1;
  }
  const at = (share) => {
    let seen = 0;
    for (let level = 0; level < 256; level += 1) {
      seen += counts[level];
      if (seen >= share * all) return level;
    }
    return 255;
  };
  return all === 0 ? { lowest: 0, highest: 255 } : { lowest: at(0.02), highest: Math.max(at(0.99), at(0.02) + 4) };
}
