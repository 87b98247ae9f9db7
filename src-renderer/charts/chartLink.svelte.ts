/** What the charts of one page share, in units of their x-axis: a cursor, and what is being chosen to zoom into. */
export class ChartLink {
  /** Undefined while no pointer or key is on a chart. */
  cursor: number | undefined = $state.raw();
  choosing: { readonly from: number; readonly to: number } | undefined = $state.raw();
}
