import type { ErrorCode } from "../../src-shared/errors.ts";
import type { RunAction } from "../../src-shared/runState.ts";
import { waitsOut } from "./activeRun.ts";
import type { TrainerEnd } from "./trainerProcess.ts";

/** What becomes of a run whose trainer has ended. */
export interface Settlement {
  readonly action: Extract<RunAction, "finished" | "diverged" | "failed" | "stopped" | "lost">;
  readonly reason?: string | undefined;
  /** For whoever watches, behind the run's id: "is finished: ...". */
  readonly note?: string;
  /** It is not started again before that. */
  readonly againInMs?: number;
}

/** Trainers lost one after the other without a new checkpoint: so many, and the run has failed. */
const mostLosses = 3;
const afterLossMs = 1_000;
/** While the disk is full, the folder cannot be written to, another trainer has it, or no process can be made. */
export const whileItWaitsMs = 15_000;

/**
 * What was short at this moment may be there in the next; and what nobody foresaw may be a shortage too that was put in
 * other words, as oneDNN's "could not create a primitive" is.
 */
const mayPass: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["memory", "internal"]);

const failed = (reason: string): Settlement => ({ action: "failed", reason, note: `has failed: ${reason}` });
const lost = (reason: string, againInMs: number): Settlement => ({
  ...{ action: "lost", reason, againInMs },
  note: `is interrupted: ${reason}`,
});

/**
 * @param countLoss called where a trainer was lost: counts it, and returns how many in a row without a new checkpoint
 * @param closing why the workbench ends, where it does
 */
export function settlementOf(end: TrainerEnd, countLoss: () => number, closing: string | undefined): Settlement {
  const afterLoss = (how: string, mend?: string): Settlement => {
    const losses = countLoss();
    return losses >= mostLosses
      ? failed(`${how}, ${losses} times without a new checkpoint (see its trainer.log).${mend ? ` ${mend}` : ""}`)
      : lost(`${how}; it goes on from its newest checkpoint.`, afterLossMs);
  };
  switch (end.kind) {
    case "ended":
      return settlementOfOutcome(end.outcome, closing);
    case "failed": {
      const reason = end.mend ? `${end.message} ${end.mend}` : end.message;
      if (end.code === "diverged") return { action: "diverged", reason };
      if (mayPass.has(end.code)) return afterLoss(end.message.split("\n")[0].replace(/\.$/, ""), end.mend);
      return waitsOut.has(end.code) ? lost(reason, whileItWaitsMs) : failed(reason);
    }
    case "killed":
      // Cancelled: its status says so already.
      if (end.because === "told") return { action: "lost" };
      return afterLoss(`it said nothing for ${Math.round(end.silentMs / 1000)} s`);
    case "crashed": {
      const how = end.signal ? `by ${end.signal}` : `with code ${end.exitCode}`;
      return afterLoss(`its trainer ended ${how}${memoryHint(end)}`);
    }
    case "unstarted":
      return lost(end.message, whileItWaitsMs);
  }
}

function memoryHint({ signal, memoryWords }: Extract<TrainerEnd, { kind: "crashed" }>): string {
  if (memoryWords !== undefined) return ` ("${memoryWords}")`;
  return signal === "SIGKILL" ? " (so the system ends what takes too much memory)" : "";
}

function settlementOfOutcome(
  outcome: Extract<TrainerEnd, { kind: "ended" }>["outcome"],
  closing: string | undefined,
): Settlement {
  switch (outcome.kind) {
    case "finished":
      return {
        action: "finished",
        note: `is finished: ${(100 * outcome.testAccuracy).toFixed(2)} % of the test images right.`,
      };
    case "diverged":
      return {
        action: "diverged",
        reason: `The loss was no longer a number at iteration ${outcome.iteration}.`,
        note: `has diverged at iteration ${outcome.iteration}.`,
      };
    case "stopped":
      return { action: "stopped", reason: closing };
  }
}
