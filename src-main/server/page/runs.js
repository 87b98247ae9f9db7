/**
 * Lists the runs live, by asking /api/runs twice a second while somebody looks. It is all there is of a window until that is
 * built; served as it stands here.
 */
const askEveryMs = 500;
const askAgainAfterMs = 3_000;
const answersWithinMs = 10_000;

/** A state is a word and a shape, never a colour alone. */
const states = {
  queued: ["\u25e6", "waiting", "waits"],
  interrupted: ["\u25e6", "interrupted", "waits"],
  starting: ["\u25b6", "starting", "active"],
  running: ["\u25b6", "running", "active"],
  pausing: ["\u25b6", "pausing", "active"],
  stopping: ["\u25b6", "stopping", "active"],
  paused: ["\u2016", "paused", ""],
  finished: ["\u2713", "done", "done"],
  failed: ["\u25b2", "failed", "wrong"],
  diverged: ["\u25b2", "diverged", "wrong"],
  cancelled: ["\u2013", "stopped", ""],
};
const depthColours = [20, 32, 44, 56, 110];

const whole = new Intl.NumberFormat("en");
const element = (id) => document.getElementById(id);
const rows = new Map();

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

/** A row and what changes in it. */
function makeRow(run) {
  const part = (tag, className) => make(tag, className);
  const [mark, word] = [part("span", "mark"), part("span", "")];
  const [bar, percent] = [part("span", ""), part("span", "")];
  const [iteration, loss, accuracy, speed] = ["", "", "", ""].map(() => part("td", "number"));
  const [study, note] = [part("td", "study"), part("td", "note")];
  mark.setAttribute("aria-hidden", "true");
  const name = make("th", run.family, part("span", "line"), `${run.family}-${run.depth} `);
  name.scope = "row";
  name.append(make("span", "seed", `s${run.seed}`));
  const colour = depthColours.findLast((depth) => depth <= run.depth) ?? depthColours[0];
  name.style.setProperty("--depth", `var(--depth-${colour})`);
  const track = make("span", "progress", bar);
  track.setAttribute("aria-hidden", "true");
  const row = make("tr", "");
  row.append(make("td", "state", mark, word), name, make("td", "", track, percent), iteration, loss, accuracy, speed);
  row.append(study, make("td", "id", run.id), note);
  return { row, mark, word, track, bar, percent, iteration, loss, accuracy, speed, study, note };
}

const fixed = (value, digits) =>
  value === null ? "" : typeof value === "number" ? value.toFixed(digits) : value === "NaN" ? "NaN" : String(value);

/** @param inLine its place among those that wait, 1 being the next; 0 where it does not */
function showRun(parts, run, inLine) {
  const [mark, word, className] = states[run.status] ?? ["", run.status, ""];
  if (parts.row.className !== className) parts.row.className = className;
  setText(parts.mark, mark);
  setText(parts.word, word);
  const share = run.iterations === 0 ? 0 : run.iteration / run.iterations;
  parts.bar.style.width = `${100 * share}%`;
  const begins = inLine > 0 && run.iteration === 0;
  parts.track.hidden = begins;
  // Done is what is done: 99.9 % is not 100 %.
  const percent = `${Math.floor(100 * share)} %`;
  setText(parts.percent, begins ? `${inLine} in line` : inLine > 0 ? `${percent}, ${inLine} in line` : percent);
  setText(parts.iteration, begins ? "" : `${whole.format(run.iteration)} / ${whole.format(run.iterations)}`);
  setText(parts.loss, fixed(run.loss, 3));
  setText(parts.accuracy, run.testAccuracy === null ? "" : `${(100 * run.testAccuracy).toFixed(2)} %`);
  setText(parts.speed, className === "active" && run.imagesPerSecond !== null ? fixed(run.imagesPerSecond, 0) : "");
  setText(parts.study, run.study ?? "");
  setText(parts.note, run.reason ?? run.deviations.join("; "));
  parts.note.title = parts.note.textContent;
}

/** Rows are moved, made and removed; those that stay keep their place, and what is selected in them. */
function showRuns(runs) {
  const body = element("runs").tBodies[0];
  let waiting = 0;
  runs.forEach((run, at) => {
    let parts = rows.get(run.id);
    if (parts === undefined) rows.set(run.id, (parts = makeRow(run)));
    showRun(parts, run, states[run.status]?.[2] === "waits" ? ++waiting : 0);
    if (body.rows[at] !== parts.row) body.insertBefore(parts.row, body.rows[at] ?? null);
  });
  for (const row of [...body.rows].slice(runs.length)) row.remove();
  element("runs").classList.toggle(
    "no-study",
    runs.every(({ study }) => study === null),
  );
  const shown = new Set(runs.map(({ id }) => id));
  for (const id of rows.keys()) if (!shown.has(id)) rows.delete(id);
}

function show({ paused, counts, runs, more }) {
  element("empty").hidden = counts.all > 0;
  element("runs").hidden = counts.all === 0;
  element("more").hidden = more === 0;
  setText(element("more"), `and ${whole.format(more)} older ones: rwb runs`);
  const said = [
    `${counts.finished} of ${counts.all} done`,
    counts.running > 0 ? `${counts.running} running` : "",
    counts.waiting > 0 ? `${counts.waiting} waiting` : "",
    paused ? "the queue is paused (rwb queue resume)" : "",
  ];
  setText(element("summary"), counts.all === 0 ? "" : said.filter((text) => text !== "").join(" \u00b7 "));
  document.title = `${counts.all === 0 ? "" : `${counts.finished}/${counts.all} done - `}ResNet Workbench`;
  showRuns(runs);
}

function say(state, text) {
  element("connection").className = state;
  setText(element("connection").querySelector(".text"), text);
}

let tag = "";

/** @returns how long until the next question, in milliseconds */
async function ask() {
  const signal = AbortSignal.timeout(answersWithinMs);
  const response = await fetch("/api/runs", { cache: "no-store", headers: { "If-None-Match": tag }, signal });
  if (response.status === 401) {
    say("lost", "The workbench was started anew and does not know this browser: rwb serve gives a link");
    return askAgainAfterMs;
  }
  if (response.status !== 304) {
    if (!response.ok) throw new Error(String(response.status));
    show(await response.json());
    tag = response.headers.get("ETag") ?? "";
  }
  say("live", `Live \u00b7 ${location.host}`);
  return askEveryMs;
}

async function askAlways() {
  for (;;) {
    const waitMs = await ask().catch(() => {
      say("lost", "The workbench does not answer; trying again");
      return askAgainAfterMs;
    });
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    while (document.hidden) {
      await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
    }
  }
}

void askAlways();
