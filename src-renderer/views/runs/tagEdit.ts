/** How many of some runs have each tag, in the alphabet's order. */
export function tagsOf(runs: readonly { readonly tags: readonly string[] }[]): { tag: string; runs: number }[] {
  const counts = new Map<string, number>();
  for (const { tags } of runs) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([tag, of]) => ({ tag, runs: of })).sort((a, b) => a.tag.localeCompare(b.tag));
}

/** "a, b c ,," as tags: "a" and "b c". */
export const typedTags = (text: string): string[] => [
  ...new Set(
    text
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
  ),
];

/** A run's tags after some were removed and others added; undefined where that changes nothing. */
export function editedTags(
  tags: readonly string[],
  { added, removed }: { added: readonly string[]; removed: ReadonlySet<string> },
): string[] | undefined {
  const edited = [...new Set([...tags.filter((tag) => !removed.has(tag)), ...added])];
  const isSame = edited.length === tags.length && edited.every((tag, place) => tag === tags[place]);
  return isSame ? undefined : edited;
}
