const longestLine = 2_000;

/**
 * Lets at most one line through each `everyMs`: the first at once; of those that follow too soon the last, with how many
 * there were. What strangers send may be among them, so control characters (of a terminal, too) become spaces.
 */
export function limitLines(write: (line: string) => void, everyMs: number): (line: string) => void {
  let held: string | undefined;
  let heldCount = 0;
  let timer: NodeJS.Timeout | undefined;
  const release = (): void => {
    timer = undefined;
    if (held === undefined) return;
    write(heldCount > 1 ? `${held} (and ${heldCount - 1} lines before it)` : held);
    held = undefined;
    heldCount = 0;
    wait();
  };
  const wait = (): void => {
    timer = setTimeout(release, everyMs).unref();
  };
  return (line) => {
    const clean = printable(line.slice(0, longestLine));
    if (timer === undefined) {
      write(clean);
      return wait();
    }
    held = clean;
    heldCount++;
  };
}

/** Line ends stay: a stack has some. */
const printable = (text: string): string => text.replace(/[^\P{C}\n]/gu, " ");
