import type { Grid } from "../../src-shared/grid.ts";
import { fidelityOf, type FidelityLine } from "../../src-shared/study/fidelity.ts";
import type { PreparedDataset } from "../dataset/index.ts";
import type { StudyCell } from "./studyService.ts";

/**
 * A study's fidelity sheet. A run says what it was trained on; of a cell that has not begun it is the data set that is here.
 * @param datasets those that are here, by name
 */
export const studyFidelity = (
  grid: Grid,
  cells: readonly StudyCell[],
  datasets: ReadonlyMap<string, PreparedDataset>,
): FidelityLine[] =>
  fidelityOf(
    grid,
    cells.map(({ config, run }) => ({ config, data: run?.dataset ?? datasets.get(config.dataset) })),
  );
