import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { packageFile, type Platform, tfjsFolder } from "./platform.ts";
import { runTool } from "./tool.ts";

/** The addon, relative to the engine's folder: tfjs-node looks for it by this name. */
export const addonPath = "napi/tfjs_binding.node";

const lastLines = 12;

export interface CompileOptions {
  readonly compiler: string;
  readonly platform: Platform;
  /** The engine being built: its libraries lie in tensorflow/. */
  readonly folder: string;
  readonly includeFolder: string;
  /** Names of the libraries in tensorflow/, in the linker's order. */
  readonly libraries: readonly string[];
  /** Where the compiler's output is kept when it fails. */
  readonly logFile: string;
  readonly signal: AbortSignal;
}

/**
 * Compiles tfjs-node's addon (Node-API C++ that ships in its package) against the engine's own TensorFlow, instead of
 * the libtensorflow 2.9.1 of 2022 that the package's install script would fetch. About 15 s.
 *
 * @throws engine-build, compiler-missing
 */
export async function compileAddon(options: CompileOptions): Promise<void> {
  const { compiler, platform, folder } = options;
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => path.join(tfjsFolder, "binding", name));
  const output = path.join(folder, addonPath);
  mkdirSync(path.dirname(output), { recursive: true });
  const args = [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
    ...[`-I${packageFile("node-api-headers", "include")}`, `-I${options.includeFolder}`],
    ...sources,
    ...["-o", output],
    ...options.libraries.map((name) => path.join(folder, "tensorflow", name)),
    `-Wl,-rpath,${platform.rpath}`,
    ...platform.linkerFlags,
  ];
  const result = await runTool(compiler, args, { signal: options.signal });
  if (result.code === 0) {
    rmSync(options.logFile, { force: true });
    return;
  }
  if (/xcode-select|xcrun: error/.test(result.output)) {
    throw new WorkbenchError("compiler-missing", "Apple's command line tools are not installed.", {
      mend: platform.installs.compiler,
    });
  }
  writeFileSync(options.logFile, [[compiler, ...args].join(" "), result.output].join("\n"));
  const tail = result.output.trimEnd().split("\n").slice(-lastLines).join("\n");
  throw new WorkbenchError("engine-build", `The compiler ${compiler} could not build the addon:\n${tail}`, {
    mend: `All of its output is in ${options.logFile}. A newer compiler may do (CXX=... npx --no-install rwb setup); it needs C++17.`,
  });
}
