/** Archives under the names that their authors gave them. */
const known: readonly (readonly [RegExp, string])[] = [
  [/^cifar-?100/, "cifar100"],
  [/^cifar-?10/, "cifar10"],
  [/fashion/, "fashion-mnist"],
];

/** A data set's name from a file's or a folder's: "cifar-10-binary.tar.gz" is "cifar10", "My Birds.tgz" "my-birds". */
export function suggestedName(fileName: string): string {
  const lower = fileName.toLowerCase();
  const found = known.find(([pattern]) => pattern.test(lower));
  if (found) return found[1];
  return lower
    .replace(/\.(tar\.gz|tgz|tar|gz|zip)$/, "")
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "")
    .slice(0, 64);
}
