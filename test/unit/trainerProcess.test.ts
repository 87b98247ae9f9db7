import { EventEmitter } from "node:events";
import type * as ChildProcess from "node:child_process";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startTrainer } from "../../src-main/runner/trainerProcess.ts";
import { temporaryFolder } from "../integration/trainFixture.ts";

vi.mock("node:child_process", async (original) => ({ ...(await original<typeof ChildProcess>()), spawn: vi.fn() }));

let folder: ReturnType<typeof temporaryFolder>;
const log = () => path.join(folder.path, "trainer.log");
const start = () => startTrainer(folder, { home: folder.path, depth: 8 }, { onMore: () => {}, onIteration: () => {} });
const childIs = (child: EventEmitter) => vi.mocked(spawn).mockReturnValue(child as ReturnType<typeof spawn>);
const failure = (code: string) => Object.assign(new Error(`spawn ${code}`), { code, syscall: "spawn" });

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

it.for(["EAGAIN", "ENOMEM"])("%s: no process can be made, which is no fault of the run", async (code, { expect }) => {
  const child = new EventEmitter();
  childIs(child);
  const { ended } = start();
  child.emit("error", failure(code));
  expect(await ended).toEqual({ kind: "unstarted", message: `There was not enough memory (spawn ${code}).` });
});

it("throws the same where Node does so at once", () => {
  vi.mocked(spawn).mockImplementation(() => {
    throw failure("ENOMEM");
  });
  expect(start).toThrow(expect.objectContaining({ code: "memory" }));
});

it("quotes what this trainer's log says of memory, not what one before it said", async () => {
  const end = async (words: string) => {
    const child = new EventEmitter();
    childIs(child);
    const { ended } = start();
    writeFileSync(log(), words, { flag: "a" });
    child.emit("close", null, "SIGABRT");
    return ended;
  };
  const crashed = { kind: "crashed", exitCode: null, signal: "SIGABRT" };
  expect(await end("oneDNN is on.\n  what():  std::bad_alloc\n")).toEqual({
    ...crashed,
    memoryWords: "what():  std::bad_alloc",
  });
  expect(await end("oneDNN is on.\n")).toEqual({ ...crashed, memoryWords: undefined });
});
