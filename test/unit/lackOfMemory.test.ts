import { expect, test } from "vitest";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { memoryError, memoryWords } from "../../src-main/lackOfMemory.ts";

/** What trainers said under limits from 5 MB to 11 GB, each where another part of them got none. */
test.for([
  "# Fatal process out of memory: Failed to reserve virtual memory for CodeRange",
  "FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory",
  "RangeError: WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance",
  "RangeError: Array buffer allocation failed",
  "  what():  std::bad_alloc",
  "terminate called after throwing an instance of 'St9bad_alloc'",
  "Error: libtensorflow_cc.so.2: failed to map segment from shared object",
  "F0000 00:00:1.0 28314 env.cc:84] Check failed: ret == 0 (11 vs. 0) Thread tf_Compute creation via pthread_create() failed.",
  "Error: Session fail to run with error: OOM when allocating tensor with shape[30720000] and type uint8",
  "Error: Session fail to run with error: Operation received an exception:Status: 1, message: could not create a primitive",
  "SqliteError: out of memory",
  "Error: spawn ENOMEM",
])("is known by its words: %s", (line) => {
  expect(memoryWords(`oneDNN custom operations are on.\n${line}\n ----- Native stack trace -----`)).toBe(line.trim());
});

test("other words are not", () => {
  expect(memoryWords("Error: The shapes of the tensors do not agree.\n    at Session.run")).toBeUndefined();
});

test("an error that speaks of it, or whose cause does, has a code; its first such line is what is said", () => {
  const thrown = new Error(
    "Session fail to run with error: OOM when allocating tensor with shape[9]\n\t [[{{node a}}]]",
  );
  expect(memoryError(thrown)).toMatchObject({
    code: "memory",
    message: "There was not enough memory (Session fail to run with error: OOM when allocating tensor with shape[9]).",
  });
  const wrapped = new WorkbenchError("permission", "The lock file cannot be used.", {
    cause: new Error("out of memory"),
  });
  expect(memoryError(wrapped)).toMatchObject({ code: "memory" });
  expect(memoryError(Object.assign(new Error("spawn failed"), { code: "EAGAIN" }))).toMatchObject({ code: "memory" });
});

test("any other stays what it is", () => {
  const other = new Error("No room on the disk.");
  expect(memoryError(other)).toBe(other);
});
