/** Views that few begin with: the window starts without them, and has them before they are wanted. */
export const laterViews = {
  newRuns: () => import("./newRuns/NewRunsView.svelte"),
  run: () => import("./run/RunView.svelte"),
  compare: () => import("./compare/CompareView.svelte"),
  studies: () => import("./studies/StudiesView.svelte"),
  study: () => import("./studies/StudyView.svelte"),
  data: () => import("./data/DataView.svelte"),
  setup: () => import("./setup/SetupView.svelte"),
};

const afterStartMs = 500;

/** Fetches them once the first view stands there. @returns what stops it */
export function preloadViews(): () => void {
  const timer = setTimeout(() => {
    // One that cannot be fetched now is asked for again when it is opened.
    for (const load of Object.values(laterViews)) load().catch(() => undefined);
  }, afterStartMs);
  return () => clearTimeout(timer);
}
