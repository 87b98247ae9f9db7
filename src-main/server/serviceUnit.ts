export interface ServiceUnit {
  /** What is run, the program first. */
  readonly command: readonly string[];
  /** The workbench folder. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Trainers write a checkpoint first; the deepest take a minute and more. */
const stopSeconds = 300;
const restartSeconds = 15;

/**
 * A unit of systemd, for its user. Only main is told to stop, and tells its trainers itself; what is left after
 * `TimeoutStopSec` is killed. It is not restarted where it ends by itself: 2 and 3 are wrong usage and nothing to run with.
 */
export function serviceUnit({ command, home, environment }: ServiceUnit): string {
  const variables = Object.entries(environment).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`);
  return `[Unit]
Description=ResNet Workbench on ${home.replaceAll("%", "%%")}

[Service]
Type=exec
ExecStart=${command.map((part) => quoted(part.replaceAll("$", "$$$$"))).join(" ")}
${variables.map((line) => `${line}\n`).join("")}KillMode=mixed
TimeoutStopSec=${stopSeconds}
Restart=on-failure
RestartSec=${restartSeconds}
RestartPreventExitStatus=2 3
Nice=5

[Install]
WantedBy=default.target
`;
}

/** One word, as systemd.syntax(7) has it; `%` begins a specifier. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&").replaceAll("%", "%%")}"`;
