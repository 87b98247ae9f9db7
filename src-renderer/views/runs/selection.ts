/** Ids of what is selected, by keys and clicks. */
export type Selection = ReadonlySet<string>;

export function toggled(selection: Selection, id: string): Selection {
  const next = new Set(selection);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Everything between two rows, both included, is selected as well. */
export function extended(selection: Selection, ids: readonly string[], from: number, to: number): Selection {
  const [first, last] = from < to ? [from, to] : [to, from];
  return new Set([...selection, ...ids.slice(Math.max(0, first), last + 1)]);
}

/** All of the rows, or, where they are all selected already, none of them. */
export function allOrNone(selection: Selection, ids: readonly string[]): Selection {
  const areAll = ids.every((id) => selection.has(id));
  if (!areAll) return new Set([...selection, ...ids]);
  const next = new Set(selection);
  for (const id of ids) next.delete(id);
  return next;
}
