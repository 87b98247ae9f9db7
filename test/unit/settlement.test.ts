import { expect, test } from "vitest";
import { settlementOf } from "../../src-main/runner/settlement.ts";
import type { TrainerEnd } from "../../src-main/runner/trainerProcess.ts";

const crashed = (more: Partial<Extract<TrainerEnd, { kind: "crashed" }>>): TrainerEnd => ({
  ...{ kind: "crashed", exitCode: null, signal: null, memoryWords: undefined },
  ...more,
});
const memory: TrainerEnd = { kind: "failed", code: "memory", message: "There was not enough memory (OOM)." };
const unforeseen: TrainerEnd = { kind: "failed", code: "internal", message: "Session fail to run.\n\t [[{{node a}}]]" };
const goesOn = "; it goes on from its newest checkpoint.";

test.for([
  ["killed from outside", crashed({ signal: "SIGKILL" }), `its trainer ended by SIGKILL (so the system ends what takes too much memory)${goesOn}`],
  ["a fault in native code", crashed({ signal: "SIGSEGV" }), `its trainer ended by SIGSEGV${goesOn}`],
  ["an exit code", crashed({ exitCode: 1 }), `its trainer ended with code 1${goesOn}`],
  ["no memory, in native code", crashed({ signal: "SIGABRT", memoryWords: "std::bad_alloc" }), `its trainer ended by SIGABRT ("std::bad_alloc")${goesOn}`],
  ["no memory, noticed", memory, `There was not enough memory (OOM)${goesOn}`],
  ["what nobody foresaw", unforeseen, `Session fail to run${goesOn}`],
  ["silence", { kind: "killed", because: "hung", silentMs: 61_000 }, `it said nothing for 61 s${goesOn}`],
] as const satisfies [string, TrainerEnd, string][])("a trainer that is lost: %s", ([, end, reason]) => {
  expect(settlementOf(end, () => 2, undefined)).toMatchObject({ action: "lost", reason, againInMs: 1_000 });
  const third = settlementOf(end, () => 3, undefined);
  expect(third).toMatchObject({ action: "failed" });
  expect(third.reason).toBe(reason.replace(goesOn, ", 3 times without a new checkpoint (see its trainer.log)."));
}); // prettier-ignore

test("no process can be made: the run waits, and that is no loss of its own", () => {
  const end: TrainerEnd = { kind: "unstarted", message: "There was not enough memory (spawn EAGAIN)." };
  const uncounted = () => {
    throw new Error("counted");
  };
  expect(settlementOf(end, uncounted, undefined)).toMatchObject({
    action: "lost",
    reason: end.message,
    againInMs: 15_000,
  });
});

test("what mends it stands behind the reason of a run that is given up", () => {
  const end: TrainerEnd = { kind: "failed", code: "memory", message: "No memory.", mend: "A smaller batch." };
  const reason = "No memory, 3 times without a new checkpoint (see its trainer.log). A smaller batch.";
  expect(settlementOf(end, () => 3, undefined)).toMatchObject({ action: "failed", reason });
});
