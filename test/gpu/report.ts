import type { Device } from "../../src-main/engine/platform.ts";
import type { Verdict } from "./steps.ts";

export interface StepReport extends Partial<Verdict> {
  readonly name: string;
  readonly shows: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly detail: string;
  readonly seconds: number;
  /** As they can be typed. */
  readonly commands: readonly string[];
}

export interface Report {
  readonly device: Device;
  readonly startedAt: string;
  readonly codeVersion: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGb: number };
  readonly gpus: readonly string[];
  readonly steps: readonly StepReport[];
  readonly ok: boolean;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");

/** The report for a person; the JSON beside it has the same and every number. */
export function asMarkdown({ device, startedAt, codeVersion, machine, gpus, steps, ok }: Report): string {
  const rows = steps.map(
    ({ name, status, seconds, detail, shows }) =>
      `| ${name} | ${status} | ${seconds.toFixed(1)} | ${cell(detail)} | ${cell(shows)} |`,
  );
  const commands = steps.flatMap(({ name, commands }) => [`# ${name}`, ...commands]);
  return `# Check of the ${device === "gpu" ? "GPU" : "CPU"}: ${ok ? "passed" : "NOT passed"}

${startedAt}, version ${codeVersion}. ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB of memory.
${gpus.length > 0 ? gpus.join("; ") : "No NVIDIA GPU."}

| step | state | seconds | what came of it | what it shows |
| ---- | ----- | ------: | --------------- | ------------- |
${rows.join("\n")}

## Commands

\`\`\`
${commands.join("\n")}
\`\`\`
`;
}
