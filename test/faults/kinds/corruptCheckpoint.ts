import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Fault } from "../fault.ts";
import { killAll } from "../mainProcess.ts";
import type { Random } from "../random.ts";
import { countOf, eventsFile, eventsOf, runsOf } from "../runLog.ts";
import { smallRuns } from "../smallRuns.ts";
import { trainersOf } from "../processes.ts";
import { until } from "../waiting.ts";

export const corruptCheckpoint: Fault = {
  name: "corrupt-checkpoint",
  title: "every run's last checkpoint damaged (bytes flipped, or its end cut off) and half a line put behind its log",
  strike: async ({ lab, random, long }) => {
    const times = long ? 10 : 1;
    const configs = smallRuns(2, 120 * times);
    const expected = await lab.reference(configs);
    const home = await lab.queue(configs);
    let main = lab.start(home);
    let damaged = 0;
    for (let time = 0; time < times; time++) {
      const before = new Map(runsOf(home).map((run) => [run, countOf(home, run, "checkpointed")]));
      // Two, so that there is a `previous` that the last round has not damaged.
      const grown = (run: string) => countOf(home, run, "checkpointed") >= (before.get(run) ?? 0) + 2;
      await until("two new checkpoints of each run", 60_000, () => {
        const runs = runsOf(home);
        return main.end() ?? (runs.length === configs.length && runs.every(grown));
      });
      if (main.end()) break;
      killAll(main);
      await main.ended;
      await until("the trainers are gone", 10_000, () => trainersOf(home).length === 0);
      for (const run of runsOf(home)) {
        damage(path.join(home, "runs", run, "checkpoints", "last.safetensors"), random);
        appendFileSync(eventsFile(home, run), '{"type":"progr');
        damaged++;
      }
      main = lab.start(home);
    }
    const violations = await lab.finish(main, expected);
    const warned = runsOf(home).flatMap((run) =>
      eventsOf(home, run).filter((event) => event.type === "log" && /checkpoint is damaged/.test(event.message)),
    );
    // A run that had finished when it was damaged is not taken up again.
    if (warned.length === 0) violations.push("no log says that a checkpoint was damaged");
    return { count: damaged, outcome: `fell back ${warned.length} times; bit-equal`, violations };
  },
};

function damage(file: string, random: Random): void {
  const bytes = readFileSync(file);
  if (random.below(4) === 0) return writeFileSync(file, bytes.subarray(0, random.below(bytes.length)));
  for (let i = 0; i <= random.below(4); i++) bytes[random.below(bytes.length)] ^= 1 + random.below(255);
  writeFileSync(file, bytes);
}
