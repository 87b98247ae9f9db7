import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { createRouterClient } from "@orpc/server";
import {
  forkSources,
  mostPictureBytes,
  mostRunsInCollection,
  studyNameSchema,
  type CsvTable,
  type ReportFormat,
} from "../../src-shared/contract/index.ts";
import { datasetNameSchema } from "../../src-shared/runConfig.ts";
import type { RunsToExport } from "../archive/index.ts";
import type { ServiceContext } from "../rpc/implementation.ts";
import { router } from "../rpc/router.ts";
import { fromWireError } from "../rpc/wireErrors.ts";
import { ArchiveDownloads, type DownloadLimits } from "./archiveDownload.ts";
import { datasetImage, type ImagePart } from "./datasetImage.ts";
import { figureDownload } from "./figureDownload.ts";
import { FileUploads, type UploadLimits } from "./fileUpload.ts";
import { RefusedError, refusals } from "./refusal.ts";
import { html, jsonReply, type Reply } from "./reply.ts";
import { reportReply } from "./reportReply.ts";
import { RunList } from "./runList.ts";
import { notBuiltPage } from "./signInPages.ts";
import { StaticFiles } from "./staticFiles.ts";

export interface RoutesOptions extends UploadLimits, DownloadLimits {
  readonly context: ServiceContext;
  /** The window's bundle; where it is not built, a page says what builds it. */
  readonly rendererFolder: string;
}

/** What is behind the door: answers to requests that have been let in. */
export interface Routes {
  /** @throws RefusedError, WorkbenchError */
  answer(request: IncomingMessage, address: Address): Promise<Reply>;
  close(): void;
}

export interface Address {
  /** As it came, undecoded; begins with "/". */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A request's target; undefined for the forms that proxies use, and for what no browser sends. */
export function addressIn(url: string | undefined): Address | undefined {
  if (!url?.startsWith("/") || /[^\x21-\x7e]/.test(url)) return undefined;
  const at = url.indexOf("?");
  if (at < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

interface Route {
  readonly method: "GET" | "POST";
  readonly pattern: RegExp;
  readonly answer: (
    request: IncomingMessage,
    groups: Readonly<Record<string, string>>,
    query: URLSearchParams,
  ) => Promise<Reply>;
}

const notBuilt: Reply = { status: 503, type: html, body: notBuiltPage() };

/** The HTTP side of the services; everything else goes by `/rpc`. */
export function routes({ context, rendererFolder, ...limits }: RoutesOptions): Routes {
  const { home } = context.workbench;
  const nowMs = (): number => performance.now();
  const window = new StaticFiles(rendererFolder, nowMs);
  const runList = new RunList(context.workbench);
  const uploads = new FileUploads(home, limits);
  const downloads = new ArchiveDownloads(context.workbench, limits);
  // Uploads are files of ours: their paths come from here, not from a browser.
  const services = createRouterClient(router, { context });

  const table: readonly Route[] = [
    {
      method: "GET",
      pattern: /^\/api\/runs$/,
      answer: async ({ headers }) => {
        const { json, tag } = runList.text();
        const type = "application/json; charset=utf-8";
        if (headers["if-none-match"] === tag) return { status: 304, type, body: "", headers: { ETag: tag } };
        return { status: 200, type, body: json, headers: { ETag: tag } };
      },
    },
    {
      method: "GET",
      pattern: /^\/api\/images\/(?<dataset>[a-z0-9][a-z0-9._-]{0,63})\/(?<index>0|[1-9]\d{0,8})\.png$/,
      answer: async (_, { dataset, index }, query) => {
        const part = partIn(query);
        if (part === undefined || !datasetNameSchema.safeParse(dataset).success) {
          throw new RefusedError(refusals.notFound);
        }
        return { status: 200, type: "image/png", body: await datasetImage(home, dataset, part, Number(index)) };
      },
    },
    {
      method: "GET",
      pattern: /^\/archives$/,
      answer: (_, __, query) => downloads.collection(runsIn(query)),
    },
    {
      method: "GET",
      pattern: /^\/archives\/(?<run>[a-zA-Z0-9][\w.-]{0,199})$/,
      answer: (_, { run }) => downloads.archive(run),
    },
    {
      method: "GET",
      pattern: /^\/archives\/(?<run>[a-zA-Z0-9][\w.-]{0,199})\/(?<table>series|evaluations)\.csv$/,
      answer: (_, { run, table }) => downloads.csv(run, table as CsvTable),
    },
    {
      method: "GET",
      pattern: /^\/figures\/[\w.%-]{1,300}$/,
      answer: (_, __, query) => figureDownload(services, query),
    },
    {
      method: "GET",
      pattern: /^\/archives\/(?<run>[a-zA-Z0-9][\w.-]{0,199})\/tensorboard$/,
      answer: (_, { run }) => downloads.tensorBoard(run),
    },
    {
      method: "GET",
      pattern: /^\/reports\/(?<name>[a-z0-9][a-z0-9_-]{0,149})\.(?<format>html|md)$/,
      answer: (_, { name, format }) => reportReply(services, name, format as ReportFormat),
    },
    {
      method: "POST",
      pattern: /^\/api\/import$/,
      answer: async (request) => jsonReply(await uploads.receive(request, (file) => services.archive.import({ file }))),
    },
    {
      method: "POST",
      pattern: /^\/api\/datasets\/(?<name>[a-z0-9][a-z0-9._-]{0,63})$/,
      answer: async (request, { name }, query) => {
        const replace = query.get("replace") === "yes";
        const add = (from: string) =>
          whileThere(request, async (signal) => {
            for await (const step of await services.datasets.add({ name, from, replace }, { signal })) {
              if (step.type === "done") return step.dataset;
            }
            throw new RefusedError(refusals.ending);
          });
        return jsonReply(await uploads.receive(request, add));
      },
    },
    {
      method: "POST",
      pattern: /^\/api\/runs\/(?<run>[a-zA-Z0-9][\w.-]{0,199})\/predict$/,
      answer: async (request, { run }, query) => {
        const checkpoint = forkSources.find((name) => name === query.get("checkpoint"));
        if (checkpoint === undefined) throw new RefusedError(refusals.notFound);
        const predict = (file: string) =>
          whileThere(request, async (signal) => {
            const image = { kind: "picture", base64: await readFile(file, "base64") } as const;
            return services.runs.predict({ run, checkpoint, image }, { signal });
          });
        const prediction = await uploads.receive(request, predict, mostPictureBytes);
        return { status: 200, type: "application/octet-stream", body: Buffer.from(await prediction.arrayBuffer()) };
      },
    },
  ];

  return {
    answer: async (request, { path, query }) => {
      for (const { method, pattern, answer } of table) {
        const match = pattern.exec(path);
        if (match === null) continue;
        if ((method === "POST") !== (request.method === "POST")) {
          throw new RefusedError(method === "POST" ? refusals.postOnly : refusals.getOnly);
        }
        return answer(request, match.groups ?? {}, query).catch((error: unknown) => {
          throw fromWireError(error);
        });
      }
      const reply = (await window.find(path)) ?? (path === "/" ? notBuilt : undefined);
      if (reply === undefined) throw new RefusedError(refusals.notFound);
      if (request.method === "POST") throw new RefusedError(refusals.getOnly);
      return reply;
    },
    close: () => runList.close(),
  };
}

/** Work that is stopped when the client leaves before it is answered. */
async function whileThere<T>({ socket }: IncomingMessage, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const left = new AbortController();
  const leave = (): void => left.abort();
  socket.once("close", leave);
  try {
    return await work(left.signal);
  } finally {
    socket.off("close", leave);
  }
}

/** What `collectionAddress` has put there. */
function runsIn(query: URLSearchParams): RunsToExport {
  const study = studyNameSchema.safeParse(query.get("study"));
  if (study.success) return { study: study.data };
  const runs = (query.get("runs") ?? "").split(",").filter((run) => run !== "");
  if (runs.length === 0 || runs.length > mostRunsInCollection) throw new RefusedError(refusals.notFound);
  return { runs };
}

/** Predictions are made of test images: those are meant where nothing is said. */
function partIn(query: URLSearchParams): ImagePart | undefined {
  const part = query.get("part") ?? "test";
  return part === "test" || part === "train" ? part : undefined;
}
