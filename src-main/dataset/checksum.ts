import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { checksummedParts, dataFiles } from "./preparedDataset.ts";

const readBytes = 1 << 20;

/** The digest of files in a row, as if they were one; hexadecimal. */
export async function digestOfFiles(algorithm: "sha256" | "md5", files: readonly string[]): Promise<string> {
  const hash = createHash(algorithm);
  for (const file of files) {
    for await (const chunk of createReadStream(file, { highWaterMark: readBytes })) hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}

/** SHA-256 over the images and labels of a prepared data set, in the order of `checksummedParts`. */
export const datasetChecksum = (folder: string): Promise<string> =>
  digestOfFiles(
    "sha256",
    checksummedParts.map((part) => path.join(folder, dataFiles[part])),
  );
