import { columns, columnsText, firstColumns, parseColumns, type Column } from "./runColumns.ts";
import type { RunFilter } from "./runFilter.ts";
import type { Selection } from "./selection.ts";
import { firstOrder, type Order, type StateFilter } from "./runTable.ts";

const columnsStoredAs = "runs-columns";

/** How the table stands; whoever comes back finds it so. Its columns are kept in this browser. */
class TableView {
  state: StateFilter = $state("all");
  filter: RunFilter = $state.raw({});
  order: Order = $state.raw(firstOrder);
  selection: Selection = $state.raw(new Set());
  /** Id of the row that keys move. */
  active: string | undefined = $state();
  /** Undefined until somebody has chosen: then as many as there is room for. */
  chosenColumns: readonly Column[] | undefined = $state.raw(parseColumns(localStorage.getItem(columnsStoredAs)));

  toggleColumn(column: Column): void {
    const shown = this.chosenColumns ?? firstColumns;
    this.chosenColumns = columns.filter((other) => (other === column) !== shown.includes(other));
    localStorage.setItem(columnsStoredAs, columnsText(this.chosenColumns));
  }

  forgetColumns(): void {
    this.chosenColumns = undefined;
    localStorage.removeItem(columnsStoredAs);
  }
}

export const tableView = new TableView();
