import { untrack } from "svelte";
import { m } from "../paraglide/messages.js";
import { place } from "../state/place.svelte.ts";
import { palette, shortcutSheet } from "./palette.svelte.ts";

export interface Shortcut {
  /** "mod+k", "?", or two keys one after the other: "g q". */
  readonly keys: string;
  readonly label: () => string;
  readonly run: () => void;
}

/** Those that work everywhere. */
const everywhere: readonly Shortcut[] = [
  { keys: "mod+k", label: m.frame_keys_palette, run: () => palette.open() },
  { keys: "?", label: m.frame_keys_sheet, run: () => shortcutSheet.open() },
  { keys: "g q", label: m.frame_keys_queue, run: () => place.go({ view: "queue" }) },
  { keys: "g r", label: m.frame_keys_runs, run: () => place.go({ view: "runs" }) },
  { keys: "g c", label: m.compare_keys_go, run: () => place.go({ view: "compare" }) },
  { keys: "g t", label: m.studies_keys_go, run: () => place.go({ view: "studies" }) },
  { keys: "g d", label: m.frame_keys_data, run: () => place.go({ view: "data" }) },
  { keys: "g s", label: m.frame_keys_setup, run: () => place.go({ view: "setup" }) },
  { keys: "n", label: m.frame_keys_new, run: () => place.go({ view: "new" }) },
];

class Shortcuts {
  #ofView: readonly Shortcut[] = $state.raw([]);
  readonly all: readonly Shortcut[] = $derived([...everywhere, ...this.#ofView]);
  #first = "";
  #firstAtMs = 0;

  /** Those of a view, while it is there. @returns what takes them back */
  add(shortcuts: readonly Shortcut[]): () => void {
    // Called in effects, which are not to run again when another view's change.
    untrack(() => (this.#ofView = [...this.#ofView, ...shortcuts]));
    return () => {
      this.#ofView = this.#ofView.filter((shortcut) => !shortcuts.includes(shortcut));
    };
  }

  /** @param event of the window; what is typed into a field is none, but for those with a modifier */
  hear(event: KeyboardEvent): void {
    const isTyping =
      event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    const hasModifier = event.ctrlKey || event.metaKey;
    if (event.defaultPrevented || event.altKey || (isTyping && !hasModifier)) return;
    // Behind an open dialog or menu, keys are its own.
    if (document.querySelector("[role=dialog], [role=menu]")) return;
    const key = (hasModifier ? "mod+" : "") + event.key.toLowerCase();
    const isSecond = event.timeStamp - this.#firstAtMs < sequenceMs;
    const pair = `${this.#first} ${key}`;
    const found = (isSecond && this.all.find(({ keys }) => keys === pair)) || this.all.find(({ keys }) => keys === key);
    [this.#first, this.#firstAtMs] = found ? ["", 0] : [key, event.timeStamp];
    if (!found) return;
    event.preventDefault();
    found.run();
  }
}

const sequenceMs = 1_200;

export const shortcuts = new Shortcuts();

const isMac = /Mac/.test(navigator.userAgent);

/** "Ctrl K", "G then Q" as keys to be drawn. */
export const keyCaps = (keys: string): string[] =>
  keys
    .split(/[ +]/)
    .map((key) => (key === "mod" ? (isMac ? "⌘" : "Ctrl") : key.length === 1 ? key.toUpperCase() : key));
