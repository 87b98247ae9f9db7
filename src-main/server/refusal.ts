import { WorkbenchError, type ErrorCode } from "../../src-shared/errors.ts";

/** Why a request is not answered as it wished: what goes to the client, and nothing more does. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by whoever answers a request. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const newLink = "Run `rwb serve` in a terminal of that machine: it gives a new link.";

export const refusals = {
  hostUnreadable: {
    status: 400,
    code: "host-invalid",
    message: "The request names no host, or none that can be read.",
    mend: "Open the address that `rwb serve` printed.",
  },
  foreignHost: {
    status: 403,
    code: "host-foreign",
    message: "The workbench does not answer to this host name.",
    mend: "Open it as http://127.0.0.1 with its port, or start it with --host NAME.",
  },
  foreignOrigin: {
    status: 403,
    code: "origin-foreign",
    message: "The request comes from another site.",
    mend: "Open the workbench itself.",
  },
  originMissing: {
    status: 403,
    code: "origin-missing",
    message: "The request does not say where it comes from.",
    mend: "Send the header Origin: http:// and the host.",
  },
  methodUnknown: {
    status: 405,
    code: "method",
    message: "Only GET, HEAD and POST are answered.",
    mend: "Use one of those.",
    headers: { Allow: "GET, HEAD, POST" },
  },
  getOnly: {
    status: 405,
    code: "method",
    message: "This address is only read.",
    mend: "Use GET.",
    headers: { Allow: "GET, HEAD" },
  },
  postOnly: {
    status: 405,
    code: "method",
    message: "This address is only written to.",
    mend: "Use POST.",
    headers: { Allow: "POST" },
  },
  notSignedIn: { status: 401, code: "session", message: "This browser has not been let in.", mend: newLink },
  linkVoid: {
    status: 403,
    code: "token",
    message: "This link was used already, is too old, or is not of this workbench.",
    mend: newLink,
  },
  secretWrong: {
    status: 401,
    code: "secret",
    message: "Links are given to the owner of the workbench folder alone.",
    mend: "Use `rwb serve`.",
  },
  notFound: { status: 404, code: "not-found", message: "There is nothing here.", mend: "Begin at /." },
  addressUnreadable: {
    status: 400,
    code: "address",
    message: "The request's address cannot be read.",
    mend: "Begin at /.",
  },
  requestUnreadable: {
    status: 400,
    code: "request",
    message: "The request cannot be read.",
    mend: "Send a request as HTTP/1.1 has it.",
  },
  headersTooLarge: {
    status: 431,
    code: "headers-large",
    message: "The request's headers are too large.",
    mend: "Delete this site's cookies.",
  },
  tooSlow: {
    status: 408,
    code: "timeout",
    message: "The request took too long to arrive.",
    mend: "Send it again.",
  },
  expectation: {
    status: 417,
    code: "expect",
    message: "Nothing but 100-continue can be expected.",
    mend: "Leave it out.",
  },
  uploadTooLarge: {
    status: 413,
    code: "upload-large",
    message: "The file is too large to be sent.",
    mend: "On the workbench's own machine `rwb import` and `rwb dataset add` take it.",
  },
  uploadKind: {
    status: 415,
    code: "upload-kind",
    message: "A file is sent as it is.",
    mend: "Send the header Content-Type: application/octet-stream.",
  },
  uploadsBusy: {
    status: 429,
    code: "uploads-busy",
    message: "Other files are on their way.",
    mend: "Try again when they are done.",
  },
  downloadsBusy: {
    status: 429,
    code: "downloads-busy",
    message: "Other runs are being downloaded.",
    mend: "Try again when they are done.",
  },
  socketsBusy: {
    status: 503,
    code: "clients",
    message: "Too many windows are connected to this workbench.",
    mend: "Close some, and reload.",
  },
  ending: { status: 503, code: "ending", message: "The workbench is ending.", mend: "Start it again: rwb serve" },
  fault: {
    status: 500,
    code: "internal",
    message: "Something went wrong within the workbench.",
    mend: "The terminal in which it runs says what.",
  },
} as const satisfies Record<string, Refusal>;

/** Foreseen failures of the services that are the request's own; all others are 500. */
const statusOfCode: Partial<Record<ErrorCode, number>> = {
  usage: 400,
  "config-invalid": 400,
  "dataset-unknown": 404,
  "dataset-missing": 404,
  "run-unknown": 404,
  "study-unknown": 404,
  "figure-unknown": 404,
  "report-unknown": 404,
  "figure-empty": 404,
  "dataset-exists": 409,
  "dataset-invalid": 422,
  "run-state": 409,
  locked: 409,
  "run-folder-missing": 409,
  "path-refused": 403,
  "archive-invalid": 422,
  "archive-unsafe": 422,
  "checkpoint-invalid": 422,
  "events-invalid": 422,
  "disk-full": 507,
  "disk-read-only": 507,
};

/** What a client may know of an error: a fault of the program is told without its words, which may name anything. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return error.refusal;
  if (!(error instanceof WorkbenchError) || error.code === "internal") return refusals.fault;
  const { code, message, mend = refusals.fault.mend } = error;
  return { status: statusOfCode[code] ?? 500, code, message, mend };
}
