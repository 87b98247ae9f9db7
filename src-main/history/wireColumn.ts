import { fromWireNumber, toWireNumber, type WireNumber } from "../../src-shared/runEvent.ts";

/**
 * Numbers that may not be finite, in a column of type ANY: SQLite makes NULL of NaN, so they are kept as the words that
 * stand for them in the run's log.
 */
export type WireColumn = WireNumber | null;

export const toColumn = (value: number | undefined): WireColumn => (value === undefined ? null : toWireNumber(value));
export const fromColumn = (value: WireColumn): number | undefined =>
  value === null ? undefined : fromWireNumber(value);
