import { downloadNames, type WorkStep } from "../../../src-shared/contract/index.ts";
import { m } from "../../paraglide/messages.js";
import { services } from "../../state/client.svelte.ts";
import { workOf, type LongWork } from "../../state/longWork.svelte.ts";
import { upload } from "../../state/upload.ts";

export type DownloadName = (typeof downloadNames)[number];
export const isDownloadName = (name: string): name is DownloadName =>
  (downloadNames as readonly string[]).includes(name);

/** What is under way with a data set: one thing at a time. */
export const datasetWork = (name: string): LongWork => workOf(`dataset ${name}`);

export const download = (name: DownloadName, replace: boolean): Promise<boolean> =>
  datasetWork(name).run((signal) => services.datasets.download({ name, replace }, { signal }));

export const verify = (name: string): Promise<boolean> =>
  datasetWork(name).run((signal) => services.datasets.verify({ name }, { signal }));

/** @param from a path of the workbench's machine, or a file of this computer */
export function add(name: string, from: string | File, replace: boolean): Promise<boolean> {
  return datasetWork(name).run((signal) =>
    typeof from === "string"
      ? services.datasets.add({ name, from, replace }, { signal })
      : Promise.resolve(sending(name, from, replace, signal)),
  );
}

const bytesAMegabyte = 1e6;

/** An upload as the steps of work: how much is sent, then that it is imported. */
async function* sending(name: string, file: File, replace: boolean, signal: AbortSignal): AsyncGenerator<WorkStep> {
  let wake = (): void => {};
  let step: WorkStep | undefined;
  let isDone = false;
  const say = (next: WorkStep): void => {
    step = next;
    wake();
  };
  const onSent = (share: number): void => {
    if (share >= 1) return say({ type: "note", text: m.data_unpacking({ file: file.name }) });
    const total = file.size / bytesAMegabyte;
    say({ type: "progress", title: m.data_sending({ file: file.name }), done: share * total, total, unit: "MB" });
  };
  const address = `/api/datasets/${encodeURIComponent(name)}${replace ? "?replace=yes" : ""}`;
  const ended = upload(address, file, { signal, onSent }).finally(() => {
    isDone = true;
    wake();
  });
  // Its failure is thrown below.
  ended.catch(() => {});
  while (!isDone) {
    if (step) {
      const said = step;
      step = undefined;
      yield said;
    } else {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  await ended;
}
