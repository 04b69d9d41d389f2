// A picture on a canvas: fitted, enlarged about a point, moved, and never lost out of sight.

const MOST_PIXELS = 6e6; // Of the canvas; phones have more pixels than memory for them.
export const MOST_ZOOM = 12;

/** Where a picture lies: `zoom` 1 is the whole image; `x`, `y` are how far its middle is from the stage's, in CSS pixels. */
export class Place {
  zoom = 1;
  x = 0;
  y = 0;

  /** Enlarges so that what is at a point of the stage stays there. */
  enlarge(factor, x, y, stage, image) {
    const zoom = Math.min(Math.max(this.zoom * factor, 1), MOST_ZOOM);
    const by = zoom / this.zoom;
    const [fromX, fromY] = [x - stage.width / 2, y - stage.height / 2];
    this.x = fromX - (fromX - this.x) * by;
    this.y = fromY - (fromY - this.y) * by;
    this.zoom = zoom;
    this.hold(stage, image);
  }

  move(dx, dy, stage, image) {
    this.x += dx;
    this.y += dy;
    this.hold(stage, image);
  }

  whole() {
    Object.assign(this, { zoom: 1, x: 0, y: 0 });
  }

  /** Keeps the picture over the stage: no further than its own edges. */
  hold(stage, image) {
    const { width, height } = this.sizeOn(stage, image);
    const [mostX, mostY] = [Math.max(0, (width - stage.width) / 2), Math.max(0, (height - stage.height) / 2)];
    this.x = Math.min(Math.max(this.x, -mostX), mostX);
    this.y = Math.min(Math.max(this.y, -mostY), mostY);
  }

  /** How large the picture is on a stage, in CSS pixels. */
  sizeOn(stage, image) {
    const scale = Math.min(stage.width / image.width, stage.height / image.height) * this.zoom;
    return { width: image.width * scale, height: image.height * scale };
  }
}

/** Device pixels for a CSS pixel of a stage. */
export function density(stage) {
  const wished = Math.min(window.devicePixelRatio || 1, 3);
  return Math.min(wished, Math.sqrt(MOST_PIXELS / Math.max(stage.width * stage.height, 1)));
}

/** Draws a bitmap. */
export function drawOn(canvas, bitmap, place, stage) {
  const scale = density(stage);
  const [columns, rows] = [Math.round(stage.width * scale), Math.round(stage.height * scale)];
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns;
    canvas.height = rows;
  }
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, columns, rows);
  const { width, height } = place.sizeOn(stage, bitmap);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = width * scale < bitmap.width ? 'high' : 'low';
  context.drawImage(
    bitmap,
    ((stage.width - width) / 2 + place.x) * scale,
    ((stage.height - height) / 2 + place.y) * scale,
    width * scale,
    height * scale,
  );
}

/** Wipes a canvas. */
export function wipe(canvas) {
  canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
}
