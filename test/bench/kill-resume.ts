/**
 * SIGKILL at random moments of a 60-iteration run, each time resumed: every loss and the final tensors are those of an
 * undisturbed run, to the bit.
 *
 *     node_modules/node-*\/bin/node test/bench/kill-resume.ts [--kills 10] [--precision float32] [--seed 1]
 *
 * The last line is JSON; exit code 1 where anything differs.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { parseSafetensors } from "../../src-main/trainer/safetensors.ts";
import { Random } from "../faults/random.ts";
import { rwb, startRwb } from "../integration/rwb.ts";
import { lossesOf, smallRun, temporaryFolder } from "../integration/trainFixture.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "10" },
    precision: { type: "string", default: "float32" },
    seed: { type: "string", default: "1" },
  },
});
const wanted = Number(values.kills);
const folder = temporaryFolder();
const home = path.join(folder.path, "home");
const run = (name: string): string => path.join(folder.path, name);
const begin = (name: string): string[] => smallRun("--out", run(name), "--set", `precision=${values.precision}`);
const tensorsOf = (name: string) => {
  const file = path.join(run(name), "checkpoints", "last.safetensors");
  return new Map([...parseSafetensors(readFileSync(file), file, "internal").tensors].map(([key, { data }]) => [key, Buffer.from(data)])); // prettier-ignore
};

const random = new Random(Number(values.seed));
const startMs = performance.now();
await rwb(begin("reference"), home);
const undisturbedMs = performance.now() - startMs;
let [kills, runs, differing] = [0, 0, 0];
while (kills < wanted) {
  const name = `killed${runs++}`;
  let args = begin(name);
  let ended: { code: number | null } | undefined;
  while (ended === undefined) {
    const child = startRwb(args, home);
    const last = kills >= wanted;
    void child.ended.then((end) => (ended = end));
    if (last) await child.ended;
    else {
      // A third of a run at most, so that several kills fall into one.
      await Promise.race([child.ended, sleep((0.3 + random.next()) * 0.6 * undisturbedMs)]);
      if (ended === undefined) {
        process.kill(-child.pid!, "SIGKILL");
        await child.ended;
        ended = undefined;
        kills++;
        console.log(`kill ${kills} of ${name}: its log has ${lossesOf(run(name)).size} iterations`);
      }
    }
    if (existsSync(path.join(run(name), "config.json"))) args = ["train", "--resume", run(name)];
  }
  const same =
    isDeepStrictEqual(lossesOf(run(name)), lossesOf(run("reference"))) &&
    isDeepStrictEqual(tensorsOf(name), tensorsOf("reference"));
  if (!same) differing++;
  console.log(`${name}: ${same ? "bit-equal" : "DIFFERS"}`);
}
folder.remove();
console.log(JSON.stringify({ precision: values.precision, kills, runs, differing }));
process.exitCode = differing === 0 ? 0 : 1;
