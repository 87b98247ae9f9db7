/**
 * Which things changed, and in what order: of each the newest change alone, since whoever learns of it reads the thing as
 * it is then. Bounded: beyond `most` things the oldest are forgotten, and with them what came before.
 */
export class ChangeJournal {
  readonly #most: number;
  /** In the order of their newest changes. */
  readonly #newest = new Map<string, number>();
  #sequence = 0;
  #forgottenUpTo = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Number of the newest change; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  note(thing: string): void {
    this.#newest.delete(thing);
    this.#newest.set(thing, ++this.#sequence);
    if (this.#newest.size <= this.#most) return;
    const [oldest, sequence] = this.#newest.entries().next().value!;
    this.#newest.delete(oldest);
    this.#forgottenUpTo = sequence;
  }

  /** Things that changed after change number `sequence`; undefined where that is no longer known, or never was. */
  since(sequence: number): string[] | undefined {
    if (sequence < this.#forgottenUpTo || sequence > this.#sequence) return undefined;
    return [...this.#newest].filter(([, newest]) => newest > sequence).map(([thing]) => thing);
  }
}
