import type { LedgerLine, ProbeLine } from "../../src-shared/contract/index.ts";
import { toWireNumber } from "../../src-shared/runEvent.ts";
import { implementation } from "./implementation.ts";

const { probes, ledger } = implementation;
const newestEntries = 1_000;

export const probeProcedures = {
  list: probes.list.handler(({ context: { workbench }, input: { run } }) => {
    const { history } = workbench;
    return history.probes.of(history.runs.get(run).id).map(({ iteration, timeMs, ...probe }): ProbeLine => ({
      ...{ iteration, timeMs },
      responses: probe.responses.map(({ layer, std }) => ({ layer, std: toWireNumber(std) })),
      gradientNorms: probe.gradientNorms.map(({ tensor, norm }) => ({ tensor, norm: toWireNumber(norm) })),
    }));
  }),
};

export const ledgerProcedures = {
  list: ledger.list.handler(({ context: { workbench }, input: { run, most = newestEntries } }) => {
    const { history } = workbench;
    const entries = history.ledger.of(history.runs.get(run).id).slice(-most);
    return entries.map(({ line, type, timeMs, iteration, detail }): LedgerLine => ({
      ...{ line: line ?? null, type, timeMs, iteration: iteration ?? null, detail: detail ?? null },
    }));
  }),
};
