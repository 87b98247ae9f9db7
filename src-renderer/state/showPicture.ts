import {
  mostPictureBytes,
  mostPictureBytesInMessage,
  unpackPrediction,
  type PredictionOfImage,
} from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { services } from "./client.svelte.ts";
import { bytes } from "./format.ts";
import { desktopShell } from "./shell.ts";
import { upload } from "./upload.ts";

/**
 * What a checkpoint's network says of a person's own picture: by a message where it fits into one, otherwise by HTTP.
 *
 * @throws WorkbenchError as `runs.predict` does; `usage` where the file is too large
 */
export async function showPicture(
  run: string,
  checkpoint: "last" | "best" | "previous",
  file: File,
  signal: AbortSignal,
): Promise<PredictionOfImage> {
  if (file.size > mostPictureBytes) {
    throw new WorkbenchError("usage", `${file.name} has ${bytes(file.size)}.`, {
      mend: `Choose a picture of at most ${bytes(mostPictureBytes)}: the network sees 32 x 32 pixels of it.`,
    });
  }
  if (file.size > mostPictureBytesInMessage && !desktopShell()) {
    const address = `/api/runs/${encodeURIComponent(run)}/predict?checkpoint=${checkpoint}`;
    return unpackPrediction(await upload(address, file, { signal }));
  }
  const image = { kind: "picture", base64: await base64Of(file) } as const;
  return unpackPrediction(await services.runs.predict({ run, checkpoint, image }, { signal }));
}

function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(new WorkbenchError("usage", "The file cannot be read.", { cause: reader.error }));
    reader.readAsDataURL(file);
  });
}
