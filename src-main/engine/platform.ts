import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";

export const devices = ["cpu", "gpu"] as const;
export type Device = (typeof devices)[number];

/** The TensorFlow that the engine is built on; the wheels of wheels.ts are of this version. */
export const tensorflowVersion = "2.21.0";

/** What differs between the platforms that an engine can be built on. */
export interface Platform {
  /** `${process.platform}-${process.arch}` */
  readonly key: string;
  readonly devices: readonly Device[];
  /** TensorFlow's two libraries in tensorflow/ of the wheel, in the linker's order. */
  readonly libraries: readonly [string, string];
  /** How the addon finds its neighbour folder `../tensorflow`, wherever the engine lies. */
  readonly rpath: string;
  /** What the linker needs to let an addon leave Node's own symbols to the process that loads it. */
  readonly linkerFlags: readonly string[];
  /** The command that installs what is missing. */
  readonly installs: { readonly compiler: string; readonly python: string; readonly pip: string };
}

const linux = {
  libraries: ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"],
  rpath: "$ORIGIN/../tensorflow",
  linkerFlags: [],
  installs: {
    compiler: "apt-get install g++   (Fedora: dnf install gcc-c++)",
    python: "apt-get install python3 python3-pip",
    pip: "apt-get install python3-pip   (or: python3 -m ensurepip)",
  },
} as const;

const platforms: readonly Platform[] = [
  { key: "linux-x64", devices: ["cpu", "gpu"], ...linux },
  { key: "linux-arm64", devices: ["cpu"], ...linux },
  {
    key: "darwin-arm64",
    devices: ["cpu"],
    libraries: ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"],
    rpath: "@loader_path/../tensorflow",
    linkerFlags: ["-undefined", "dynamic_lookup"],
    installs: {
      compiler: "xcode-select --install",
      python: "xcode-select --install   (or: brew install python)",
      pip: "python3 -m ensurepip",
    },
  },
];

export const platformKey = `${process.platform}-${process.arch}`;

export function findPlatform(key = platformKey): Platform | undefined {
  return platforms.find((platform) => platform.key === key);
}

/** @throws platform-unsupported, naming the platforms that there are */
export function requirePlatform(key = platformKey): Platform {
  const platform = findPlatform(key);
  if (platform !== undefined) return platform;
  const known = platforms.map((each) => each.key).join(", ");
  throw new WorkbenchError("platform-unsupported", `There is no engine for ${key}; there is one for ${known}.`, {
    mend: "Train on one of those; looking at runs, comparing and exporting work here.",
  });
}

/** Path of a file below node_modules of this checkout. */
export function packageFile(...below: string[]): string {
  return path.resolve(import.meta.dirname, "..", "..", "node_modules", ...below);
}

/** The package whose addon the engine is, and whose JavaScript drives it. */
export const tfjsFolder = packageFile("@tensorflow", "tfjs-node-gpu");
