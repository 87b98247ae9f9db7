import { Command, Option } from "commander";
import { devices, type Device } from "../../engine/platform.ts";
import { printJson, say, startProgress } from "../output.ts";

interface Options {
  device?: Device;
  wheel?: string[];
  from?: string;
  force?: boolean;
  json?: boolean;
}

const examples = `
Examples:
  rwb setup                       the engine for this machine: GPU where an NVIDIA driver is, otherwise CPU
  rwb setup --device cpu          the small one (0.9 GB instead of 5.7 GB), also on a machine with a GPU
  rwb setup --wheel FILE.whl      without a network: with a wheel that was fetched elsewhere
  rwb setup --from DIR            with a libtensorflow, or a Python's site-packages/tensorflow, that is there

RWB_ENGINE names another folder than the platform's cache folder. A second set-up does nothing and takes a moment.`;

async function run(options: Options): Promise<void> {
  const { setupEngine } = await import("../../engine/setup.ts");
  const { formatBytes } = await import("../../engine/plan.ts");
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  try {
    const engine = await setupEngine(
      { device: options.device, wheelFiles: options.wheel, from: options.from, force: options.force },
      { say, progress: startProgress },
      abort.signal,
    );
    const { tensorflow, device } = engine.manifest;
    say(`The engine is ready: TensorFlow ${tensorflow} (${device}), ${formatBytes(engine.bytes)} in ${engine.folder}`);
    if (options.json) printJson({ folder: engine.folder, tensorflow, device, bytes: engine.bytes });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, stop);
  }
}

/** `rwb setup`: fetches and builds the engine. */
export function setupCommand(): Command {
  return new Command("setup")
    .description("fetch and build the engine, with a plan and progress")
    .addOption(
      new Option("--device <device>", "what the engine is to run on (default: gpu where one is)").choices(devices),
    )
    .addOption(new Option("--wheel <file...>", "wheels at hand, instead of fetching them").conflicts("from"))
    .option("--from <dir>", "a folder with TensorFlow's libraries and headers (default: RWB_LIBTENSORFLOW)")
    .option("--force", "build it anew even if it is there")
    .addHelpText("after", examples)
    .action(run);
}
