import { app, Notification, powerSaveBlocker, type BrowserWindow } from "electron";
import { newsText, type News } from "./queueNews.ts";
import type { QueueNow } from "./queueWatch.ts";

type ProgressBar = Parameters<BrowserWindow["setProgressBar"]>;

/** The window's progress on the taskbar or the dock: a share, and whether it stands; below 0 there is none. */
export function progressBar({ training, waiting, isPaused, share }: QueueNow): ProgressBar {
  if (training + waiting === 0 || share === undefined) return [-1];
  return [share, { mode: isPaused && training === 0 ? "paused" : "normal" }];
}

/**
 * What the system shows of the queue beside the window: progress, the number of runs that are left, and that the machine
 * is not to sleep while one trains.
 */
export class QueueSigns {
  readonly #window: () => BrowserWindow | undefined;
  #blocker: number | undefined;

  constructor(window: () => BrowserWindow | undefined) {
    this.#window = window;
  }

  show(queue: QueueNow): void {
    this.#window()?.setProgressBar(...progressBar(queue));
    app.setBadgeCount(queue.training + queue.waiting);
    // The screen may sleep; the machine may not.
    if (queue.training > 0) this.#blocker ??= powerSaveBlocker.start("prevent-app-suspension");
    else this.dispose();
  }

  dispose(): void {
    if (this.#blocker !== undefined) powerSaveBlocker.stop(this.#blocker);
    this.#blocker = undefined;
  }
}

/** Held until they are clicked or closed: one that is collected as garbage is never clicked. */
const shown = new Set<Notification>();
const mostShown = 50;

/** @param onClick given the place that it is about */
export function notify(news: News, onClick: (hash: string) => void): void {
  if (!Notification.isSupported()) return;
  const { title, body, hash } = newsText(news);
  const notification = new Notification({ title, body });
  notification.on("click", () => {
    shown.delete(notification);
    onClick(hash);
  });
  notification.on("close", () => shown.delete(notification));
  shown.add(notification);
  const [oldest] = shown;
  if (shown.size > mostShown) shown.delete(oldest);
  notification.show();
}
