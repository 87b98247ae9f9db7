import { existsSync, readFileSync, realpathSync, statfsSync } from "node:fs";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";

/**
 * SQLite's WAL needs memory that is shared by all who have the file open, so it does not work on a file system that
 * several machines see (https://sqlite.org/wal.html); the folder's lock would not hold there either.
 */

/** `f_type` of statfs(2), from linux/magic.h and the file systems' own headers. */
const byType: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x73757245, "Coda"],
  [0x564c, "NCP"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x19830326, "BeeGFS"],
  [0xaad7aaea, "PanFS"],
  [0x7461636f, "OCFS2"],
  [0x01161970, "GFS2"],
  [0x01021997, "9p"],
]);

/** File system types of mountinfo whose magic number is FUSE's, or differs between versions. */
const byMountType: ReadonlyMap<string, string> = new Map([
  ["nfs", "NFS"],
  ["nfs4", "NFS"],
  ["cifs", "CIFS"],
  ["smb3", "SMB"],
  ["afs", "AFS"],
  ["ceph", "Ceph"],
  ["lustre", "Lustre"],
  ["gpfs", "GPFS"],
  ["beegfs", "BeeGFS"],
  ["9p", "9p"],
  ["fuse.sshfs", "sshfs"],
  ["fuse.ceph", "Ceph"],
  ["fuse.ceph-fuse", "Ceph"],
  ["fuse.glusterfs", "GlusterFS"],
  ["fuse.smbnetfs", "SMB"],
  ["fuse.rclone", "rclone"],
  ["fuse.s3fs", "s3fs"],
  ["fuse.gcsfuse", "gcsfuse"],
  ["fuse.davfs", "WebDAV"],
  ["fuse.mfs", "MooseFS"],
  ["fuse.juicefs", "JuiceFS"],
]);

/** What is known of the file system of a folder. */
export interface FileSystemFacts {
  readonly platform: NodeJS.Platform;
  /** Absolute, links resolved. */
  readonly folder: string;
  /** `f_type` of statfs(2); undefined where the system has none that is told apart. */
  readonly type: number | undefined;
  /** Text of /proc/self/mountinfo; empty elsewhere than on Linux. */
  readonly mountinfo: string;
}

/** "NFS", "sshfs" ...; undefined where the folder is on a disk of this machine, as far as one can know. */
export function networkFileSystem(facts: FileSystemFacts): string | undefined {
  if (facts.platform === "win32")
    return /^[\\/]{2}(?![.?][\\/](?!UNC))/i.test(facts.folder) ? "a network share" : undefined;
  // The sign of a 32-bit number differs between architectures.
  const byNumber = facts.type === undefined ? undefined : byType.get(facts.type >>> 0);
  return byNumber ?? byMountType.get(mountType(facts.folder, facts.mountinfo) ?? "");
}

/** Type of the mount that `folder` is on: the longest mount point above it, the last of equals (proc(5), mountinfo). */
function mountType(folder: string, mountinfo: string): string | undefined {
  let longest = -1;
  let type: string | undefined;
  for (const line of mountinfo.split("\n")) {
    const [before, after] = line.split(" - ");
    const escaped = before.split(" ")[4];
    if (after === undefined || escaped === undefined) continue;
    const point = escaped.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const below = folder === point || folder.startsWith(point.endsWith("/") ? point : `${point}/`);
    if (!below || point.length < longest) continue;
    longest = point.length;
    type = after.split(" ")[0];
  }
  return type;
}

/** @throws WorkbenchError `history-network`, with how to move the folder */
export function refuseNetworkFolder(home: string): void {
  const found = networkFileSystem(lookUp(home));
  if (found === undefined) return;
  throw new WorkbenchError(
    "history-network",
    `The workbench folder ${home} is on a network file system (${found}), where SQLite's history cannot be kept safely.`,
    {
      mend: `Use a folder on a disk of this machine: --home DIR, or RWB_HOME=DIR. To keep what is there, copy it first: cp -r ${home} DIR`,
    },
  );
}

function lookUp(home: string): FileSystemFacts {
  const { platform } = process;
  let existing = path.resolve(home);
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  // A mapped drive of Windows resolves to its \\server\share.
  const folder = platform === "win32" ? realpathSync.native(existing) : realpathSync(existing);
  // Other systems number their file systems as they come.
  if (platform !== "linux") return { platform, folder, type: undefined, mountinfo: "" };
  const mounts = "/proc/self/mountinfo";
  return {
    platform,
    folder,
    type: statfsSync(folder).type,
    mountinfo: existsSync(mounts) ? readFileSync(mounts, "utf8") : "",
  };
}
