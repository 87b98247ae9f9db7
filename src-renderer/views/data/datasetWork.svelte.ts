import { SvelteSet } from "svelte/reactivity";
import { downloadNames } from "../../../src-shared/contract/index.ts";
import { m } from "../../paraglide/messages.js";
import { services } from "../../state/client.svelte.ts";
import { workOf, type LongWork } from "../../state/longWork.svelte.ts";
import { uploadSteps } from "../../state/upload.ts";

export type DownloadName = (typeof downloadNames)[number];
export const isDownloadName = (name: string): name is DownloadName =>
  (downloadNames as readonly string[]).includes(name);

/** What is under way with a data set: one thing at a time. */
export const datasetWork = (name: string): LongWork => workOf(`dataset ${name}`);

/** Data sets with which something is under way, or went wrong; they may be none of the list yet. */
export const atWork = new SvelteSet<string>();

async function run(name: string, begin: Parameters<LongWork["run"]>[0]): Promise<boolean> {
  atWork.add(name);
  const work = datasetWork(name);
  try {
    return await work.run(begin);
  } finally {
    if (work.error === undefined) atWork.delete(name);
  }
}

export function forget(name: string): void {
  datasetWork(name).forget();
  atWork.delete(name);
}

export const download = (name: DownloadName, replace: boolean): Promise<boolean> =>
  run(name, (signal) => services.datasets.download({ name, replace }, { signal }));

export const verify = (name: string): Promise<boolean> =>
  run(name, (signal) => services.datasets.verify({ name }, { signal }));

/** @param from a path of the workbench's machine, or a file of this computer */
export function add(name: string, from: string | File, replace: boolean): Promise<boolean> {
  return run(name, async (signal) => {
    if (typeof from === "string") return services.datasets.add({ name, from, replace }, { signal });
    const words = { sending: m.data_sending({ file: from.name }), working: m.data_unpacking({ file: from.name }) };
    const address = `/api/datasets/${encodeURIComponent(name)}${replace ? "?replace=yes" : ""}`;
    return uploadSteps(address, from, signal, words);
  });
}
