import type { Selection } from "./selection.ts";
import { firstOrder, type Order, type StateFilter } from "./runTable.ts";

/** How the table stands; whoever comes back finds it so. */
class TableView {
  state: StateFilter = $state("all");
  order: Order = $state.raw(firstOrder);
  selection: Selection = $state.raw(new Set());
  /** Id of the row that keys move. */
  active: string | undefined = $state();
}

export const tableView = new TableView();
