/**
 * Draws image `index` of packed ones (uint8 [images, side, side, 3]) onto a canvas of its size, as an attachment:
 * `<canvas width={side} height={side} {@attach imageDrawer(pixels, index)}>`.
 */
export const imageDrawer =
  (pixels: Uint8Array, index = 0, side = 32) =>
  (canvas: HTMLCanvasElement): void => {
    const image = new ImageData(side, side);
    const count = side * side;
    const from = index * count * 3;
    for (let pixel = 0; pixel < count; pixel++) {
      image.data[4 * pixel] = pixels[from + 3 * pixel];
      image.data[4 * pixel + 1] = pixels[from + 3 * pixel + 1];
      image.data[4 * pixel + 2] = pixels[from + 3 * pixel + 2];
      image.data[4 * pixel + 3] = 255;
    }
    canvas.getContext("2d")?.putImageData(image, 0, 0);
  };
