import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import path from "node:path";

/** Linux's numbers for file systems behind a network (statfs(2), linux/magic.h); SQLite's WAL does not work on them. */
const networkTypes = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x01021997, "9p"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x19830326, "BeeGFS"],
]);

export interface Storage {
  readonly folder: string;
  readonly exists: boolean;
  /** Where the folder is not there yet: whether it could be made. */
  readonly writable: boolean;
  readonly freeBytes: number;
  /** name of the network file system it is on; undefined on a local one */
  readonly network: string | undefined;
}

function existingAncestor(folder: string): string {
  return existsSync(folder) ? folder : existingAncestor(path.dirname(folder));
}

/** Looks at where a folder is, or is to be. */
export function describeStorage(folder: string): Storage {
  const there = existingAncestor(folder);
  const { bavail, bsize, type } = statfsSync(there);
  let writable = true;
  try {
    accessSync(there, constants.W_OK);
  } catch {
    writable = false;
  }
  const network = process.platform === "linux" ? networkTypes.get(type >>> 0) : undefined;
  return { folder, exists: there === folder, writable, freeBytes: bavail * bsize, network };
}
