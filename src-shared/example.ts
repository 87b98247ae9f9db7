/**
 * The tag of a run of the example study: it was trained elsewhere, stands for nothing that was done here, and goes with the
 * study. Nobody takes it off a run.
 */
export const exampleTag = "example";

export const isExample = ({ tags }: { readonly tags: readonly string[] }): boolean => tags.includes(exampleTag);

/** Tags as a person wants them on a run that had others: the example's stays where it was, and comes nowhere else. */
export function tagsKeepingExample(
  wanted: readonly string[],
  { tags }: { readonly tags: readonly string[] },
): string[] {
  const own = wanted.filter((tag) => tag !== exampleTag);
  return isExample({ tags }) ? [...own, exampleTag] : own;
}
