// Line drawings. They only decorate: whatever one stands for is said in words beside it or in a label.

import { lines } from './dom.js';

const DRAWINGS = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  more: 'M5 11a1 1 0 1 0 .01 0M12 11a1 1 0 1 0 .01 0M19 11a1 1 0 1 0 .01 0',
  close: 'M6 6l12 12M18 6L6 18',
  browse: 'M7 4h10v12H7zM4 8v12h10M12 7v6M10 11l2 2 2-2',
  move: 'M10.500 4a6.500 6.500 0 1 0 0 13a6.500 6.500 0 0 0 0-13M15.500 15.500L21 21M7.500 10.500h6M10.500 7.500v6',
  contrast: 'M12 7a5 5 0 1 0 0 10a5 5 0 0 0 0-10M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5',
  invert: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16M15 7v10M18 9v6',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  compare: 'M4 5h7v14H4zM13 5h7v14h-7z',
  whole: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  document: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  star: 'M12 4l2.400 5 5.600.700-4.100 3.800 1.100 5.500-5-2.800-5 2.800 1.100-5.500L4 9.700l5.600-.700z',
  open: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  code: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3M12 15v2',
  done: 'M5 12l5 5 9-10',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1M4 4l16 16',
};

/** A drawing. */
export function drawing(name) {
  return lines(DRAWINGS[name], 'drawing');
}
