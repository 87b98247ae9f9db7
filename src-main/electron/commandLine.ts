import path from "node:path";
import { parseArgs } from "node:util";

export interface CommandLine {
  readonly home: string | undefined;
  /** Started by the system at login: nobody has asked for a window. */
  readonly isHidden: boolean;
  /** What it is to take up, absolute: archives, and folders of data sets. */
  readonly paths: readonly string[];
}

/**
 * @param args behind the program and, where it is not packaged, its main module
 * @param folder that relative paths are of
 */
export function readCommandLine(args: readonly string[], folder: string): CommandLine {
  const { values, positionals } = parseArgs({
    ...{ args: [...args], strict: false, allowPositionals: true },
    options: { home: { type: "string" }, hidden: { type: "boolean" } },
  });
  return {
    home: typeof values.home === "string" ? values.home : undefined,
    isHidden: values.hidden === true,
    paths: positionals.map((each) => path.resolve(folder, each)),
  };
}
