import path from "node:path";
import type { z } from "zod";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { nodeProgram } from "../nodeProgram.ts";
import { addonPath } from "./compile.ts";
import { probeResult } from "./probeChild.ts";
import { runTool } from "./tool.ts";

const limitMs = 120_000;
/** [[1, 2], [3, 4]] squared */
const expected = [7, 10, 15, 22];

export type Probe = z.infer<typeof probeResult>;

/**
 * Tries an engine in a process of its own, since a library that crashes takes its process along: loads it and runs one
 * matrix product. About half a second.
 *
 * @throws engine-broken, with what the process said last
 */
export async function probeEngine(folder: string, signal?: AbortSignal): Promise<Probe> {
  const addon = path.join(folder, addonPath);
  const script = path.join(import.meta.dirname, "probeChild.ts");
  const result = await runTool(nodeProgram(), ["--disable-warning=ExperimentalWarning", script, addon], {
    limitMs,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
    ...(signal && { signal }),
  });
  const lines = result.output.trimEnd().split("\n");
  try {
    const probe = probeResult.parse(JSON.parse(lines.findLast((line) => line.startsWith("{")) ?? ""));
    if (probe.product.every((value, index) => value === expected[index])) return probe;
  } catch {
    // it ended before it had a result: what it said follows
  }
  const ended = result.code === null ? "it crashed or took too long" : `exit code ${result.code}`;
  const said = lines.find((line) => /error|cannot|not found/i.test(line)) ?? lines.at(-1) ?? "";
  throw new WorkbenchError("engine-broken", `The engine in ${folder} does not run (${ended}): ${said.trim()}`, {
    mend: "npx --no-install rwb setup --force",
  });
}
