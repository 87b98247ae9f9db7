import type { Figure, TableGroup } from "./figure.ts";
import { absenceNotes, capital, labelNote, seedsDone } from "./figureNotes.ts";
import { minus } from "./axes.ts";
import { published, type Published } from "./published.ts";
import { spreadOf } from "./seedLines.ts";
import type { CellData, RunData, StudyData } from "./studyData.ts";
import { cellsOf, depthsOf, variantsOf, type Variant } from "./variants.ts";

type Measure = (run: RunData) => number | undefined;

const lastOf: Measure = ({ testAccuracy }) => testAccuracy;
const bestOf: Measure = ({ bestTestAccuracy }) => bestTestAccuracy;

/** What stands in a cell whose runs have no result. */
const stateMarks: Readonly<Record<CellData["state"], string>> = {
  done: "–",
  running: "training",
  waiting: "–",
  missing: "–",
  failed: "failed",
  diverged: "diverged",
};

/**
 * The course report's Table 1: test accuracy of the last model, a column a family; beside it the best over all evaluations,
 * called what it is, and the values that others have reported.
 */
export function accuracyTable(data: StudyData): Figure | undefined {
  const variants = variantsOf(data);
  const depths = depthsOf(data);
  const finished = data.cells.filter(({ state, run }) => state === "done" && run?.testAccuracy !== undefined);
  if (finished.length === 0) return undefined;
  const seeds = seedsDone(data);
  const own = (title: string, measure: Measure): TableGroup => ({
    ...{ title, isGrey: false },
    columns: variants.map((variant) => ({
      title: capital(variant.short),
      cells: depths.map((depth) => ownCell(cellsOf(data, variant, depth), measure, seeds)),
    })),
  });
  const others = published.map((source) => publishedGroup(source, data, variants, depths));
  const isSevere = others.some((group) => group?.isGrey);
  return {
    title: "Test accuracy (%)",
    caption: [
      "Last model: after the last iteration. Best: the highest of all evaluations, chosen on the test set itself.",
      seeds > 1
        ? `Mean ± sample standard deviation, n = ${seeds} seeds where no other number is given in brackets.`
        : "Single runs.",
      ...(isSevere ? ["Grey: reported for another schedule, data or network; not comparable."] : []),
      ...absenceNotes(data),
      ...labelNote(data),
    ],
    legend: [],
    panels: [],
    columns: 1,
    table: {
      rows: depths.length,
      groups: [
        { title: "", isGrey: false, columns: [{ title: "Layers", cells: depths.map(String) }] },
        own("Last model", lastOf),
        own("Best on the test set", bestOf),
        ...others.filter((group) => group !== undefined),
      ],
    },
    records: accuracyRecords(data, variants, depths),
  };
}

const percent = (share: number): string => (100 * share).toFixed(2);

/** @param seeds that most cells have; where a cell has others, it says so */
function ownCell(cells: readonly CellData[], measure: Measure, seeds: number): string {
  const values = valuesOf(cells, measure);
  const spread = spreadOf(values);
  if (spread === undefined) return cells.length === 0 ? "" : stateMarks[worst(cells)];
  const { n, mean, std } = spread;
  const spoken = std === undefined ? percent(mean) : `${percent(mean)} ± ${percent(std)}`;
  return n === seeds ? spoken : `${spoken} (${n})`;
}

const valuesOf = (cells: readonly CellData[], measure: Measure): number[] =>
  cells
    .filter(({ state }) => state === "done")
    .flatMap(({ run }) => (run ? [measure(run)] : []))
    .filter((value) => value !== undefined);

/** What most needs to be said of several seeds. */
function worst(cells: readonly CellData[]): CellData["state"] {
  const order: readonly CellData["state"][] = ["diverged", "failed", "running", "waiting", "missing", "done"];
  return order.find((state) => cells.some((cell) => cell.state === state)) ?? "missing";
}

/** A difference only where schedule, data and network are the same. */
function publishedGroup(
  { name, title, testAccuracy }: Published,
  data: StudyData,
  variants: readonly Variant[],
  depths: readonly number[],
): TableGroup | undefined {
  const families = (["plain", "residual"] as const).filter((family) => testAccuracy[family]);
  const runs = data.cells.flatMap(({ state, run }) => (state === "done" && run ? [run] : []));
  const isComparable = runs.length > 0 && runs.every(({ comparable }) => comparable[name]);
  const columns = families.map((family) => {
    const variant = variants.find((one) => one.family === family);
    return {
      title: capital(family),
      cells: depths.map((depth) => {
        const value = testAccuracy[family]?.[depth];
        if (value === undefined) return "–";
        const mean = variant && spreadOf(valuesOf(cellsOf(data, variant, depth), lastOf))?.mean;
        if (!isComparable || mean === undefined) return value.toFixed(2);
        const difference = 100 * mean - value;
        return `${value.toFixed(2)} (${difference < 0 ? "" : "+"}${minus(difference.toFixed(2))})`;
      }),
    };
  });
  const isEmpty = columns.every(({ cells }) => cells.every((cell) => cell === "–"));
  return isEmpty ? undefined : { title, isGrey: !isComparable, columns };
}

/** Fractions; a cell without a finished run has n = 0 and no values. */
function accuracyRecords(data: StudyData, variants: readonly Variant[], depths: readonly number[]): Figure["records"] {
  return {
    columns: ["family", "depth", "shortcut", "n", "lastTestAccuracy", "std", "bestOnTestSet"],
    rows: variants.flatMap((variant) =>
      depths.flatMap((depth) => {
        const cells = cellsOf(data, variant, depth);
        if (cells.length === 0) return [];
        const last = spreadOf(valuesOf(cells, lastOf));
        const best = spreadOf(valuesOf(cells, bestOf));
        return [[variant.family, depth, variant.shortcut, last?.n ?? 0, last?.mean, last?.std, best?.mean]];
      }),
    ),
  };
}
