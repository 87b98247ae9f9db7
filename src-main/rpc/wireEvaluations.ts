import type { EvaluationLine } from "../../src-shared/contract/index.ts";
import { toWireNumber } from "../../src-shared/runEvent.ts";
import type { History } from "../history/index.ts";

/** @param id a run's whole id */
export const evaluationLines = (history: History, id: string): EvaluationLine[] =>
  history.evaluations.of(id).map((evaluation) => ({
    ...evaluation,
    testLoss: toWireNumber(evaluation.testLoss),
    validationLoss: evaluation.validationLoss === undefined ? null : toWireNumber(evaluation.validationLoss),
    validationAccuracy: evaluation.validationAccuracy ?? null,
  }));
