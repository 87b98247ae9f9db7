import { Argument, Command } from "commander";
import type { DatasetEntry, PreparedDataset } from "../../dataset/index.ts";
import { workbenchHome } from "../../home.ts";
import { printJson, printLine, say, startProgress, type Progress } from "../output.ts";

interface Options {
  home?: string;
  json?: boolean;
}

const services = () => import("../../dataset/index.ts");

export function datasetCommand(): Command {
  return new Command("dataset")
    .description("data sets: list, import, download, check, remove")
    .addCommand(listCommand())
    .addCommand(addCommand())
    .addCommand(downloadCommand())
    .addCommand(verifyCommand())
    .addCommand(removeCommand());
}

function listCommand(): Command {
  return new Command("list")
    .description("the data sets of the workbench folder, and what could be had")
    .addHelpText(
      "after",
      "\nExamples:\n  rwb dataset list\n  rwb dataset list --json | jq -r 'select(.status == \"ready\").name'",
    )
    .action(async (options: Options) => {
      const { listDatasets } = await services();
      for (const entry of await listDatasets(workbenchHome(options.home))) {
        if (options.json) printJson(entryAsJson(entry));
        else printLine(entryAsText(entry));
      }
    });
}

function addCommand(): Command {
  return new Command("add")
    .description("import a data set from an archive or a folder; what it is shows in its content")
    .argument("<name>", "what configurations call it; the recipes expect cifar10")
    .requiredOption("--from <path>", "an archive, the folder with its files, or that folder's parent")
    .option("--replace", "replace a data set of that name, once the new one is complete")
    .addHelpText(
      "after",
      `
What is read:
  CIFAR-10 and CIFAR-100, binary version: the .tar.gz, or the folder with the .bin files
  Fashion-MNIST: the folder with the four *-ubyte files, gzipped or not
  images: a folder with train/CLASS/*.jpg and test/CLASS/*.jpg (.jpeg, .png)

Examples:
  rwb dataset add cifar10 --from cifar-10-binary.tar.gz
  rwb dataset add cifar10 --from cifar-10-batches-bin --replace
  rwb dataset add flowers --from photographs`,
    )
    .action(async (name: string, options: Options & { from: string; replace?: boolean }) => {
      const { addDataset } = await services();
      say(`Importing ${options.from} ...`);
      const home = workbenchHome(options.home);
      report(await addDataset(home, name, options.from, { replace: options.replace ?? false }), options);
    });
}

function downloadCommand(): Command {
  return new Command("download")
    .description("fetch a published data set, check it and import it; goes on where an earlier attempt stopped")
    .addArgument(new Argument("<name>", "which one").choices(["cifar10", "cifar100", "fashion-mnist"]))
    .option("--replace", "replace the one that is there, once the new one is complete")
    .addHelpText(
      "after",
      `
RWB_DATASET_MIRROR names another address that has the same files.

Examples:
  rwb dataset download cifar10
  RWB_DATASET_MIRROR=http://files.lab.example/datasets rwb dataset download cifar100`,
    )
    .action(async (name: string, options: Options & { replace?: boolean }) => {
      const { downloadDataset, isDownloadable } = await services();
      if (!isDownloadable(name)) throw new Error(`no download named ${name}`);
      const bars = downloadProgress();
      try {
        const home = workbenchHome(options.home);
        const dataset = await downloadDataset(home, name, {
          replace: options.replace ?? false,
          onProgress: bars.update,
        });
        bars.stop();
        report(dataset, options);
      } finally {
        bars.stop();
      }
    });
}

function verifyCommand(): Command {
  return new Command("verify")
    .description("read every byte of a data set and compare it with what was imported")
    .argument("<name>")
    .addHelpText("after", "\nExamples:\n  rwb dataset verify cifar10")
    .action(async (name: string, options: Options) => {
      const { verifyDataset } = await services();
      const { checksum } = await verifyDataset(workbenchHome(options.home), name);
      if (options.json) printJson({ name, ok: true, checksum });
      else printLine(`${name}: every file as it was imported (SHA-256 ${checksum})`);
    });
}

function removeCommand(): Command {
  return new Command("remove")
    .description("delete a data set; the built-in one is drawn anew when it is next used")
    .argument("<name>")
    .addHelpText("after", "\nExamples:\n  rwb dataset remove cifar10")
    .action(async (name: string, options: Options) => {
      const { removeDataset } = await services();
      await removeDataset(workbenchHome(options.home), name);
      if (options.json) printJson({ name, removed: true });
      else printLine(`${name} is removed.`);
    });
}

function report(dataset: PreparedDataset, options: Options): void {
  if (options.json) {
    printJson(dataset);
    return;
  }
  printLine(`${dataset.name}: ${dataset.title}, ${sizeAsText(dataset)}`);
  if (dataset.note !== undefined) printLine(`  ${dataset.note}`);
}

const sizeAsText = ({ classes, trainImages, testImages }: PreparedDataset): string =>
  `${classes.length} classes, ${trainImages} training and ${testImages} test images`;

function entryAsJson(entry: DatasetEntry): unknown {
  switch (entry.status) {
    case "ready":
      return { ...entry.dataset, status: entry.status };
    case "damaged":
      return { name: entry.name, status: entry.status, error: entry.error.message, mend: entry.error.mend };
    case "built-in":
    case "downloadable":
      return entry;
  }
}

const nameWidth = 16;

function entryAsText(entry: DatasetEntry): string {
  const line = (text: string): string => `${entry.name.padEnd(nameWidth)} ${text}`;
  switch (entry.status) {
    case "ready":
      return line(`${entry.dataset.title}, ${sizeAsText(entry.dataset)}`);
    case "damaged":
      return line(`damaged: ${entry.error.message} Mend: ${entry.error.mend ?? ""}`);
    case "built-in":
      return line("built in; drawn when it is first used");
    case "downloadable":
      return line(`not here; ${entry.title}: rwb dataset download ${entry.name}`);
  }
}

/** One bar a file; its length is known once the server says it. */
function downloadProgress(): {
  update: (file: string, bytes: number, totalBytes: number | undefined) => void;
  stop: () => void;
} {
  const MB = 1_000_000;
  let shown: { file: string; progress: Progress } | undefined;
  const stop = (): void => {
    shown?.progress.stop();
    shown = undefined;
  };
  return {
    update(file, bytes, totalBytes) {
      if (shown?.file !== file) {
        stop();
        say(`Fetching ${file} ...`);
        shown = { file, progress: startProgress(file, totalBytes === undefined ? 1 : totalBytes / MB, "MB") };
      }
      shown.progress.update(totalBytes === undefined ? 0 : bytes / MB, `${(bytes / MB).toFixed(1)} MB`);
    },
    stop,
  };
}
