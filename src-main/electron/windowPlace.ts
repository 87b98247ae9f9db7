import { z } from "zod";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was, in points of the whole desktop; `isMaximized` apart, so that it can go back to its size. */
export const windowPlaceSchema = z.strictObject({
  ...{ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) },
  isMaximized: z.boolean(),
});
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

export const smallestWindow = { width: 720, height: 480 } as const;
const firstSize = { width: 1440, height: 900 } as const;

/** How a window is to be opened; without `x` and `y` the system puts it in the middle. */
export interface OpeningPlace {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
}

/**
 * Where a window opens: where it was, moved and made smaller so that all of it is on the display that had most of it. A
 * display may be gone since, or have another resolution.
 *
 * @param workAreas of the displays, without docks and bars; the primary one first
 */
export function openingPlace(workAreas: readonly Rectangle[], saved: WindowPlace | undefined): OpeningPlace {
  const [primary] = workAreas;
  if (saved === undefined) return { ...sizeWithin(firstSize, primary), isMaximized: false };
  const area = workAreas.toSorted((one, other) => overlap(saved, other) - overlap(saved, one))[0];
  const size = sizeWithin(saved, area);
  const { isMaximized } = saved;
  if (overlap(saved, area) === 0) return { ...sizeWithin(saved, primary), isMaximized };
  return {
    x: Math.min(Math.max(saved.x, area.x), area.x + area.width - size.width),
    y: Math.min(Math.max(saved.y, area.y), area.y + area.height - size.height),
    ...size,
    isMaximized,
  };
}

/** No larger than the area; a display may be smaller than the smallest window, which then sticks out. */
const sizeWithin = ({ width, height }: { width: number; height: number }, area: Rectangle) => ({
  width: Math.max(smallestWindow.width, Math.min(width, area.width)),
  height: Math.max(smallestWindow.height, Math.min(height, area.height)),
});

/** Of two rectangles, in square points. */
function overlap(one: Rectangle, other: Rectangle): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, width) * Math.max(0, height);
}
