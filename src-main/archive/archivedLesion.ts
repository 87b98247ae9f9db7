import { isDeepStrictEqual } from "node:util";
import { describeArchitecture, isRemovable } from "../../src-shared/architecture.ts";
import { archiveInvalid } from "./archiveError.ts";
import type { Manifest } from "./manifest.ts";
import type { UnpackedRun } from "./unpackedRun.ts";

/** What was found in another network says nothing of this one. @throws WorkbenchError `archive-invalid` */
export function checkLesion({ lesion }: Manifest, { file }: UnpackedRun): void {
  if (!lesion) return;
  const { network, training } = file.config;
  const { blocks } = describeArchitecture(network, 1);
  const isOwn =
    lesion.iteration <= training.iterations &&
    isDeepStrictEqual(
      lesion.blocks.map(({ block, testError }) => [block, testError !== null]),
      blocks.map((block) => [block.name, isRemovable(block)]),
    );
  if (!isOwn) throw archiveInvalid("has removed blocks of another network");
}
