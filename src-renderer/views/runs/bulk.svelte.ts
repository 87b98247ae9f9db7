import type { Run } from "../../../src-shared/contract/index.ts";
import { actionsFor } from "../../../src-shared/runState.ts";
import { m } from "../../paraglide/messages.js";
import { services } from "../../state/client.svelte.ts";
import { count } from "../../state/format.ts";
import type { Selection } from "./selection.ts";
import { tableView } from "./tableView.svelte.ts";
import { editedTags } from "./tagEdit.ts";

/** What was done to many runs, in words, and how it is taken back. */
interface Said {
  readonly text: string;
  /** Why some were left as they are. */
  readonly refused?: string | undefined;
  readonly undo?: (() => void) | undefined;
  /** What was selected when it was said: whoever selects anew goes on to something else. */
  readonly selection: Selection;
}

export type BulkAction = "stop" | "retry";

export const runsFor = (runs: readonly Run[], action: BulkAction): Run[] =>
  runs.filter(({ status }) => actionsFor(status).includes(action));

interface Task {
  readonly ids: readonly string[];
  readonly work: (id: string) => Promise<unknown>;
  readonly words: (runs: { runs: number; runsText: string }) => string;
  /** They leave the table with it, and so the selection. */
  readonly leaves?: boolean;
  readonly undo?: (done: readonly string[]) => void;
}

const counted = (runs: number) => ({ runs, runsText: count(runs) });

/** Things that are done to many runs, one after the other. */
export class Bulk {
  progress: { readonly done: number; readonly all: number } | undefined = $state.raw();
  #said: Said | undefined = $state.raw();

  /** What there is to say of what was done last. */
  get said(): Said | undefined {
    return this.#said?.selection === tableView.selection ? this.#said : undefined;
  }

  forget(): void {
    this.#said = undefined;
  }

  async trash(ids: readonly string[]): Promise<void> {
    const work = (run: string) => services.runs.trash({ run });
    await this.#each({ ids, work, words: m.runs_trashed, leaves: true, undo: (done) => void this.restore(done) });
  }

  async restore(ids: readonly string[]): Promise<void> {
    const work = (run: string) => services.runs.restore({ run });
    await this.#each({ ids, work, words: m.runs_restored, leaves: true, undo: (done) => void this.trash(done) });
  }

  /** Those that can be told so; the others are left out without a word. */
  async act(runs: readonly Run[], action: BulkAction): Promise<void> {
    const ids = runsFor(runs, action).map(({ id }) => id);
    const words = { stop: m.runs_stopped, retry: m.runs_retried };
    await this.#each({ ids, work: (run) => services.runs.act({ run, action }), words: words[action] });
  }

  /** Of something that was done without this. */
  say(text: string): void {
    this.#said = { text, selection: tableView.selection };
  }

  async purge(ids: readonly string[]): Promise<void> {
    await this.#each({ ids, work: (run) => services.runs.purge({ run }), words: m.runs_purged, leaves: true });
  }

  async tag(runs: readonly Run[], edit: Parameters<typeof editedTags>[1]): Promise<void> {
    const changes = runs.flatMap(({ id, tags }) => {
      const after = editedTags(tags, edit);
      return after ? [{ id, before: [...tags], after }] : [];
    });
    const give = (tags: "before" | "after") => {
      const byId = new Map(changes.map((change) => [change.id, change[tags]]));
      return (run: string) => services.runs.update({ run, tags: byId.get(run) ?? [] });
    };
    await this.#each({
      ...{ ids: changes.map(({ id }) => id), work: give("after"), words: m.runs_tagged },
      undo: (done) => void this.#each({ ids: done, work: give("before"), words: m.runs_tagged }),
    });
  }

  async #each({ ids, work, words, leaves = false, undo }: Task): Promise<void> {
    if (ids.length === 0 || this.progress) return;
    const done: string[] = [];
    const refused: string[] = [];
    this.#said = undefined;
    for (const id of ids) {
      this.progress = { done: done.length + refused.length, all: ids.length };
      try {
        await work(id);
        done.push(id);
      } catch (error) {
        refused.push(error instanceof Error ? error.message : String(error));
      }
    }
    this.progress = undefined;
    const left = new Set(leaves ? done : []);
    tableView.selection = new Set([...tableView.selection].filter((id) => !left.has(id)));
    this.#said = {
      text: words(counted(done.length)),
      ...(refused.length > 0 && { refused: m.runs_refused({ ...counted(refused.length), why: refused[0] }) }),
      ...(undo && done.length > 0 && { undo: () => undo(done) }),
      selection: tableView.selection,
    };
  }
}
