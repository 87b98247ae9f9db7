import { z } from "zod";

const fraction = z.number().min(0).max(1);

export const blockRemovedSchema = z.strictObject({
  /** "stage1.block2" */
  block: z.string().max(100),
  /** Null where the block cannot be removed: it changes the size and has no shortcut. */
  testError: fraction.nullable(),
});
export type BlockRemoved = z.infer<typeof blockRemovedSchema>;

/** As many as 1,202 layers have. */
const mostBlocks = 600;

/**
 * What a trained network does without single residual blocks: of each in turn its shortcut alone is left, and nothing is
 * trained again (Veit et al. 2016, section 4.1). Errors are top-1, as fractions of the test images.
 */
export const lesionSchema = z.strictObject({
  /** Updates of the network. */
  iteration: z.int().min(0),
  timeMs: z.number(),
  elapsedMs: z.number(),
  /** Of the test part. */
  images: z.int().min(1),
  /** Of the intact network, measured in the same way. */
  testError: fraction,
  /** In the order of the forward pass. */
  blocks: z.array(blockRemovedSchema).max(mostBlocks),
});
export type Lesion = z.infer<typeof lesionSchema>;
