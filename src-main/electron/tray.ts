import { fileURLToPath } from "node:url";
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from "electron";
import type { QueueNow } from "./queueWatch.ts";

/** A template image is black on clear: macOS colours it. The `@2x` beside it is found by its name. */
const icon = fileURLToPath(
  new URL(`../../resources/icons/${process.platform === "darwin" ? "trayTemplate" : "tray"}.png`, import.meta.url),
);

export interface TrayActions {
  open(): void;
  pauseQueue(): void;
  resumeQueue(): void;
  quit(): void;
}

export function trayItems(
  { training, waiting, isPaused }: QueueNow,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  return [
    { label: stateText(training, waiting, isPaused), enabled: false },
    { type: "separator" },
    { label: "Open the workbench", click: () => actions.open() },
    isPaused
      ? { label: "Resume the queue", click: () => actions.resumeQueue() }
      : { label: "Pause the queue: no run starts", click: () => actions.pauseQueue() },
    { type: "separator" },
    { label: training > 0 ? "Quit: runs write a checkpoint" : "Quit", click: () => actions.quit() },
  ];
}

export function stateText(training: number, waiting: number, isPaused: boolean): string {
  if (training + waiting === 0) return "Nothing waits";
  const parts = [`${training} in training`, `${waiting} waiting`];
  return `${parts.join(", ")}${isPaused ? " (paused)" : ""}`;
}

/** The icon that stays when the window is hidden. */
export class TrayIcon {
  readonly #tray: Tray;
  readonly #actions: TrayActions;

  constructor(actions: TrayActions) {
    this.#actions = actions;
    this.#tray = new Tray(nativeImage.createFromPath(icon));
    this.#tray.setToolTip("ResNet Workbench");
    // On Linux and macOS a click shows the menu.
    this.#tray.on("click", () => actions.open());
  }

  show(queue: QueueNow): void {
    this.#tray.setToolTip(`ResNet Workbench: ${stateText(queue.training, queue.waiting, queue.isPaused)}`);
    this.#tray.setContextMenu(Menu.buildFromTemplate(trayItems(queue, this.#actions)));
  }

  dispose(): void {
    this.#tray.destroy();
  }
}

/** Undefined where the system has no place for one: then the window is not hidden either. */
export function openTray(actions: TrayActions, onFault: (text: string) => void): TrayIcon | undefined {
  try {
    return new TrayIcon(actions);
  } catch (error) {
    onFault(`There is no icon in the tray: ${(error as Error).message}`);
    return undefined;
  }
}
