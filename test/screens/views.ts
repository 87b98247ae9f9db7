import { longRun, scenarios, type Scenario } from "../simulation/scenarios.ts";

/** A picture to take: of which history, at which place. */
export interface View {
  readonly name: string;
  readonly scenario: Scenario;
  readonly route: string;
}

const everywhere = (scenario: Scenario): readonly View[] =>
  [
    ["queue", "#/queue"],
    ["new", "#/new"],
    ["runs", "#/runs"],
    ["compare", "#/compare"],
    ["data", "#/data"],
    ["setup", "#/setup"],
  ].map(([view, route]) => ({ name: `${view}-${scenario}`, scenario, route }));

export const views: readonly View[] = [
  ...everywhere("empty"),
  ...everywhere("one"),
  ...everywhere("states"),
  ...everywhere("thousand"),
  { name: "queue-live", scenario: "live", route: "#/queue" },
  { name: "run-live", scenario: "live", route: "#/runs/residual-110-s1-live" },
  { name: "new-paper", scenario: "one", route: "#/new?recipe=paper" },
  { name: "compare-study", scenario: "states", route: "#/compare?study=course-report" },
  { name: "compare-states", scenario: "few", route: `#/compare?runs=${scenarios.few.map(({ id }) => id).join(",")}` },
  { name: "compare-missing", scenario: "one", route: "#/compare/gone" },
  { name: "data-shapes", scenario: "one", route: "#/data/shapes" },
  { name: "missing", scenario: "one", route: "#/nowhere" },
  { name: "run-missing", scenario: "one", route: "#/runs/no-such-run" },
  ...["", "/confusion", "/configuration", "/log"].flatMap((tab): View[] => [
    { name: `run${tab.replace("/", "-")}-long`, scenario: "states", route: `#/runs/${longRun}${tab}` },
  ]),
  { name: "run-diverged", scenario: "states", route: "#/runs/plain-110" },
  { name: "run-failed", scenario: "states", route: "#/runs/residual-110" },
  { name: "run-paused", scenario: "states", route: "#/runs/plain-44-s3" },
  { name: "run-waiting", scenario: "states", route: "#/runs/residual-44-s11" },
  { name: "run-long-names", scenario: "states", route: "#/runs/residual-56-s2" },
];
