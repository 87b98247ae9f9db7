/** Dragging and keys that give a waiting run another place. */
export class Reorder {
  readonly #order: () => readonly string[];
  readonly #move: (id: string, position: number) => void;
  #dragged: string | undefined = $state();
  #target: { id: string; isAfter: boolean } | undefined = $state.raw();

  /** @param order the waiting runs' ids @param move to a place, 1 being the first */
  constructor(order: () => readonly string[], move: (id: string, position: number) => void) {
    this.#order = order;
    this.#move = move;
  }

  /** Where a dragged row would land, as a class of the row that it is over. */
  dropMark(id: string): "before" | "after" | undefined {
    if (this.#target?.id !== id || this.#dragged === id) return undefined;
    return this.#target.isAfter ? "after" : "before";
  }

  start(event: DragEvent, id: string): void {
    this.#dragged = id;
    event.dataTransfer?.setData("text/plain", id);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  }

  over(event: DragEvent, id: string): void {
    if (this.#dragged === undefined) return;
    event.preventDefault();
    const { top, height } = (event.currentTarget as Element).getBoundingClientRect();
    const isAfter = event.clientY > top + height / 2;
    if (this.#target?.id !== id || this.#target.isAfter !== isAfter) this.#target = { id, isAfter };
  }

  drop(event: DragEvent): void {
    event.preventDefault();
    const [id, target] = [this.#dragged, this.#target];
    this.end();
    if (id === undefined || target === undefined || id === target.id) return;
    const others = this.#order().filter((other) => other !== id);
    this.#move(id, others.indexOf(target.id) + (target.isAfter ? 2 : 1));
  }

  end(): void {
    this.#dragged = undefined;
    this.#target = undefined;
  }

  /** Alt with an arrow moves the run, an arrow alone goes to the row beside it. */
  key(event: KeyboardEvent, id: string): void {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step === 0 || event.target !== event.currentTarget) return;
    event.preventDefault();
    const row = event.currentTarget as HTMLElement;
    if (!event.altKey) {
      const next = step < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (next instanceof HTMLElement && next.tabIndex === 0) next.focus();
      return;
    }
    const position = this.#order().indexOf(id) + 1 + step;
    if (position >= 1 && position <= this.#order().length) this.#move(id, position);
  }
}
