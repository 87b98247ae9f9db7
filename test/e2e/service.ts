import { startRwb } from "../integration/rwb.ts";

/** `rwb serve` on a workbench folder, in a process of its own. */
export interface Service {
  /** Lets one browser in, within a minute. */
  readonly link: string;
  readonly origin: string;
  /** What it has said on standard error. */
  readonly notes: () => string;
  /** As Ctrl-C: trainers write a checkpoint and end. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

const startsWithinMs = 30_000;

export async function startService(home: string): Promise<Service> {
  const child = startRwb(["serve", "--json", "--no-open"], home);
  let said = "";
  let notes = "";
  child.stderr!.on("data", (chunk: Buffer) => (notes += chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No link within ${startsWithinMs} ms: ${notes}`)), startsWithinMs);
    void child.ended.then(({ code }) => reject(new Error(`It ended with ${code}: ${notes}`)));
    child.stdout!.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes("\n")) return;
      clearTimeout(timer);
      resolve(said.split("\n")[0]);
    });
  });
  const { url } = JSON.parse(line) as { url: string };
  return {
    ...{ link: url, origin: new URL(url).origin, notes: () => notes },
    stop: async () => {
      child.kill("SIGINT");
      const { code } = await child.ended;
      if (code !== 0) throw new Error(`The service ended with ${code}: ${notes}`);
    },
    kill: async () => {
      child.kill("SIGKILL");
      await child.ended;
    },
  };
}
