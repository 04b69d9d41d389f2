"""Whether OHIF has drawn an image."""

# shades and whether any is a colour, of every canvas that shows an image
DRAWN = """() => {
  const shades = new Set();
  let coloured = 0;
  for (const canvas of document.querySelectorAll('.viewport-wrapper canvas, .DicomMicroscopyViewer canvas')) {
    if (canvas.width < 200 || canvas.height < 200) continue;
    const copy = document.createElement('canvas');
    copy.width = copy.height = 64;
    const context = copy.getContext('2d');
    context.drawImage(canvas, 0, 0, 64, 64);
    const pixels = context.getImageData(0, 0, 64, 64).data;
    for (let i = 0; i < pixels.length; i += 4) {
      shades.add((pixels[i] + pixels[i + 1] + pixels[i + 2]) >> 3);
      if (Math.max(pixels[i], pixels[i + 1], pixels[i + 2]) - Math.min(pixels[i], pixels[i + 1], pixels[i + 2]) > 24) coloured++;
    }
  }
  return { shades: shades.size, coloured };
}"""
