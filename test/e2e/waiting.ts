const lookEveryMs = 100;

/** @throws where it has not come about within `withinMs` */
export async function until(what: string, holds: () => Promise<boolean>, withinMs = 15_000): Promise<void> {
  for (const deadlineMs = performance.now() + withinMs; !(await holds());) {
    if (performance.now() > deadlineMs) throw new Error(`Not within ${withinMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
