import { randomPurpose } from "../philox.ts";
import { imageBytes, imageChannels, imageSide } from "../preparedDataset.ts";
import { outlines, type Outline } from "./outlines.ts";
import { createRandomStream, type RandomStream } from "./randomStream.ts";
import { randomTexture, textureAt, type Texture } from "./texture.ts";

/** A pixel is sampled at 3 x 3 points, so that small shapes keep their outline. */
const samplesPerSide = 3;
const samples = samplesPerSide ** 2;
const sampleX = Float64Array.from({ length: samples }, (_, i) => ((i % samplesPerSide) + 0.5) / samplesPerSide);
const sampleY = Float64Array.from(
  { length: samples },
  (_, i) => (Math.floor(i / samplesPerSide) + 0.5) / samplesPerSide,
);

export const shapeClasses = Object.keys(outlines);
const outlineOf: readonly Outline[] = Object.values(outlines);

/** No outline extends farther along u or v, nor (the corners of the squares) farther from the centre. */
const outlineReach = 1.2;
const outlineRadius = 1.35;

/** Where the shape lies: inverse of a rotation, a stretch and a shift, so that it takes a pixel to the outline's plane. */
interface Placement {
  readonly centreX: number;
  readonly centreY: number;
  /** Nothing is covered farther than this from the centre, in either direction. */
  readonly reach: number;
  readonly uPerX: number;
  readonly uPerY: number;
  readonly vPerX: number;
  readonly vPerY: number;
}

/** Least sum over the channels by which the shape's first colour differs from the ground's: else nobody could see it. */
const leastContrast = 160;

/**
 * An image of the class `label` into `out[offset ...]`, uint8 [32, 32, 3]: a textured shape on a textured ground, partly
 * hidden, with noise. Place, size, angle, colours and textures are drawn alike for every class, so that neither colour
 * nor mean says which it is. A pure function of (seed, part, index, label).
 */
export function drawShape(
  out: Uint8Array,
  offset: number,
  image: { seed: number; part: number; index: number; label: number },
): void {
  const random = createRandomStream(image.seed, randomPurpose.shapes, image.index, image.part);
  const ground = randomTexture(random);
  const figure = contrastingTexture(random, ground);
  const pixels = new Float64Array(imageBytes);
  paint(pixels, ground);
  paint(pixels, figure, coverage(outlineOf[image.label], randomPlacement(random, [7, 12], 5)));
  for (let occluder = random.between(0, 2); occluder > 0; occluder--) {
    paint(pixels, randomTexture(random), coverage(random.pick(outlineOf), randomPlacement(random, [2, 4], 14)));
  }
  addNoise(pixels, random, random.between(4, 24));
  for (let i = 0; i < imageBytes; i++) out[offset + i] = Math.min(255, Math.max(0, Math.floor(pixels[i] + 0.5)));
}

function contrastingTexture(random: RandomStream, ground: Texture): Texture {
  for (;;) {
    const texture = randomTexture(random);
    const contrast = texture.first.reduce((sum, value, c) => sum + Math.abs(value - ground.first[c]), 0);
    if (contrast >= leastContrast) return texture;
  }
}

/** Any angle: a quarter turn's (1 - t^2, 2t) / (1 + t^2), turned by up to three quarters. Division only, no sine. */
function randomPlacement(random: RandomStream, radii: readonly [number, number], shift: number): Placement {
  const t = random.fraction();
  let [cos, sin] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
  for (let quarters = random.between(0, 3); quarters > 0; quarters--) [cos, sin] = [-sin, cos];
  const radius = radii[0] + (radii[1] - radii[0]) * random.fraction();
  const stretch = 0.8 + 0.4 * random.fraction();
  const [radiusU, radiusV] = [radius * stretch, radius / stretch];
  return {
    centreX: imageSide / 2 + shift * (2 * random.fraction() - 1),
    centreY: imageSide / 2 + shift * (2 * random.fraction() - 1),
    reach: outlineRadius * Math.max(radiusU, radiusV),
    uPerX: cos / radiusU,
    uPerY: sin / radiusU,
    vPerX: -sin / radiusV,
    vPerY: cos / radiusV,
  };
}

/** [32 * 32]: the fraction of each pixel that the outline covers. */
function coverage(inside: Outline, placement: Placement): Float64Array {
  const { centreX, centreY, reach, uPerX, uPerY, vPerX, vPerY } = placement;
  const covered = new Float64Array(imageSide * imageSide);
  const from = (centre: number): number => Math.max(0, Math.floor(centre - reach));
  const to = (centre: number): number => Math.min(imageSide, Math.ceil(centre + reach));
  for (let y = from(centreY); y < to(centreY); y++) {
    for (let x = from(centreX); x < to(centreX); x++) {
      let hits = 0;
      for (let sample = 0; sample < samples; sample++) {
        const dx = x + sampleX[sample] - centreX;
        const dy = y + sampleY[sample] - centreY;
        const u = uPerX * dx + uPerY * dy;
        if (u <= -outlineReach || u >= outlineReach) continue;
        const v = vPerX * dx + vPerY * dy;
        if (v > -outlineReach && v < outlineReach && inside(u, v)) hits++;
      }
      covered[y * imageSide + x] = hits / samples;
    }
  }
  return covered;
}

function paint(pixels: Float64Array, texture: Texture, covered?: Float64Array): void {
  for (let y = 0; y < imageSide; y++) {
    for (let x = 0; x < imageSide; x++) {
      const share = covered === undefined ? 1 : covered[y * imageSide + x];
      if (share === 0) continue;
      const blend = texture.pattern(x, y);
      const at = (y * imageSide + x) * imageChannels;
      for (let c = 0; c < imageChannels; c++) {
        pixels[at + c] = pixels[at + c] * (1 - share) + textureAt(texture, c, blend) * share;
      }
    }
  }
}

/** Triangular noise in -amplitude ... amplitude, from two bytes of a random word. */
function addNoise(pixels: Float64Array, random: RandomStream, amplitude: number): void {
  for (let i = 0; i < imageBytes; i += 2) {
    const word = random.word();
    pixels[i] += (((word & 0xff) + ((word >>> 8) & 0xff) - 255) * amplitude) / 255;
    pixels[i + 1] += ((((word >>> 16) & 0xff) + (word >>> 24) - 255) * amplitude) / 255;
  }
}
