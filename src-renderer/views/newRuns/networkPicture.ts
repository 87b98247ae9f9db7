import type { Architecture, Block } from "../../../src-shared/architecture.ts";

/** A block as it is drawn: higher where its images are larger, wider where it has more channels. */
export interface DrawnBlock {
  readonly block: Block;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** The arc over it, as a path; undefined where nothing leads around it. */
  readonly arc: string | undefined;
}

export interface DrawnStage {
  readonly x: number;
  readonly width: number;
  readonly channels: number;
  readonly side: number;
  readonly blocks: number;
}

export interface NetworkPicture {
  readonly width: number;
  readonly height: number;
  readonly base: number;
  readonly blocks: readonly DrawnBlock[];
  readonly stages: readonly DrawnStage[];
}

const [height, base, arcRise] = [134, 96, 15];
/** Below a stage stand its blocks, channels and side, however few blocks it has. */
const narrowestStage = 92;
const widestBlock = 18;
const gap = { block: 2, stage: 14 };
const room = { stem: 26, head: 30 };

/** Stem, three stages of blocks, head, in a picture of `width`: the course report's Fig. 1 grown to the whole network. */
export function networkPicture(architecture: Architecture, width: number): NetworkPicture {
  const { blocks, imageSide, width: channels } = architecture;
  const stages = Map.groupBy(blocks, ({ outputChannels }) => outputChannels);
  const free = width - room.stem - room.head - gap.stage * stages.size;
  const each = Math.min(widestBlock, free / blocks.length);
  const drawn: DrawnBlock[] = [];
  const drawnStages: DrawnStage[] = [];
  let x = room.stem + gap.stage;
  for (const [outputChannels, ofStage] of stages) {
    const side = (imageSide * channels) / outputChannels;
    const blockHeight = 24 + 50 * (side / imageSide);
    const blockWidth = Math.max(1, each - Math.min(gap.block, each / 4));
    const first = x;
    for (const block of ofStage) {
      const top = base - blockHeight;
      const end = x + blockWidth;
      const arc =
        block.shortcut === "none"
          ? undefined
          : `M${x.toFixed(1)} ${top} C${x.toFixed(1)} ${top - arcRise} ${end.toFixed(1)} ${top - arcRise} ${end.toFixed(1)} ${top}`;
      drawn.push({ block, x, width: blockWidth, height: blockHeight, arc });
      x += each;
    }
    drawnStages.push({ x: first, width: x - first, channels: outputChannels, side, blocks: ofStage.length });
    x = Math.max(x, first + narrowestStage) + gap.stage;
  }
  return { width: x + room.head, height, base, blocks: drawn, stages: drawnStages };
}
