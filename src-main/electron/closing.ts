import type { CloseChoice } from "../../src-shared/contract/index.ts";

/** What happens when a person closes the window: it closes (and with it the program), or first something else. */
export type Closing = "close" | "ask" | "hide" | "quit";

export interface ClosingState {
  /** The program ends already: whatever was to be asked has been. */
  readonly isQuitting: boolean;
  /** Trainers at this moment. */
  readonly training: number;
  readonly choice: CloseChoice;
  /** Somewhere to come back from. */
  readonly hasTray: boolean;
}

/** Where nothing trains there is nothing to ask. */
export function whenClosed({ isQuitting, training, choice, hasTray }: ClosingState): Closing {
  if (isQuitting || training === 0) return "close";
  switch (choice) {
    case "ask":
      return "ask";
    case "tray":
      return hasTray ? "hide" : "ask";
    case "quit":
      return "quit";
  }
}

export interface ClosingAnswer {
  readonly label: string;
  readonly then: "hide" | "quit" | "stay";
  /** What is kept where it is not to be asked again. */
  readonly choice?: CloseChoice;
}

/** The question's buttons, the first by default; the last is for Escape. */
export const closingAnswers = (hasTray: boolean): readonly ClosingAnswer[] => [
  ...(hasTray ? ([{ label: "Keep training in the tray", then: "hide", choice: "tray" }] as const) : []),
  { label: "Pause and quit", then: "quit", choice: "quit" },
  { label: "Cancel", then: "stay" },
];

export const closingQuestion = (training: number): { readonly message: string; readonly detail: string } => ({
  message: training === 1 ? "A run is training." : `${training} runs are training.`,
  detail:
    "In the tray they go on. To quit lets each write a checkpoint first; they go on from there when the workbench is opened again.",
});
