import { z } from "zod";
import { elementCount } from "../../src-shared/architecture.ts";
import { WorkbenchError, type ErrorCode } from "../../src-shared/errors.ts";

/**
 * The safetensors format: 8 bytes little-endian header length, a JSON header, then the tensors' bytes. Python's
 * `safetensors` reads what this writes. Headers are bounded and every offset is checked before it is used.
 */
const elementTypes = {
  F32: { bytes: 4, array: Float32Array },
  F64: { bytes: 8, array: Float64Array },
  U8: { bytes: 1, array: Uint8Array },
  I32: { bytes: 4, array: Int32Array },
} as const;

export type ElementType = keyof typeof elementTypes;
export type TensorData = Float32Array | Float64Array | Uint8Array | Int32Array;

export interface StoredTensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const maximumHeaderBytes = 16 * 1024 * 1024;
const headerSchema = z.record(
  z.string(),
  z.union([
    z.strictObject({
      dtype: z.enum(Object.keys(elementTypes) as [ElementType, ...ElementType[]]),
      shape: z.array(z.int().min(0)),
      data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
    }),
    z.record(z.string(), z.string()),
  ]),
);

/** Where a tensor's bytes are in the file. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** From the file's first byte on: [from, to). */
  readonly from: number;
  readonly to: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order in which the header names them. */
  readonly places: readonly TensorPlace[];
}

export const lengthBytes = 8;

/**
 * How many bytes at the beginning of a file are its header, the length before it included.
 *
 * @param start at least its first eight bytes, or all that there are
 * @throws WorkbenchError with `code`
 */
export function headerEnd(start: Uint8Array, fileBytes: number, file: string, code: ErrorCode): number {
  if (start.length < lengthBytes) throw new WorkbenchError(code, `${file}: too short to be a safetensors file`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > maximumHeaderBytes || lengthBytes + headerBytes > fileBytes) {
    throw new WorkbenchError(code, `${file}: its header leaves the file`);
  }
  return lengthBytes + headerBytes;
}

/**
 * What a file's header says, without its tensors.
 *
 * @param start the file up to `headerEnd`, at least
 * @throws WorkbenchError with `code` and the name of the tensor that is wrong
 */
export function parseSafetensorsHeader(
  start: Uint8Array,
  fileBytes: number,
  file: string,
  code: ErrorCode,
): SafetensorsHeader {
  const refuse = (problem: string): never => {
    throw new WorkbenchError(code, `${file}: ${problem}`);
  };
  const bodyStart = headerEnd(start, fileBytes, file, code);
  const bodyBytes = fileBytes - bodyStart;
  const { __metadata__: metadata = {}, ...entries } = parseHeader(start.subarray(lengthBytes, bodyStart), refuse);
  const places: TensorPlace[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    if (!("data_offsets" in entry) || typeof entry.data_offsets === "string") return refuse(`'${name}' is no tensor`);
    const { dtype, shape, data_offsets } = entry as {
      dtype: ElementType;
      shape: number[];
      data_offsets: [number, number];
    };
    const [from, to] = data_offsets;
    if (from > to || to > bodyBytes || to - from !== elementCount(shape) * elementTypes[dtype].bytes) {
      refuse(`tensor '${name}' has not the bytes of its shape`);
    }
    places.push({ name, dtype, shape, from: bodyStart + from, to: bodyStart + to });
  }
  let covered = bodyStart;
  for (const { from, to } of places.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== covered) refuse("its tensors overlap or leave a gap");
    covered = to;
  }
  if (covered !== fileBytes) refuse("its tensors do not cover the file");
  if ("data_offsets" in metadata) refuse("its metadata is a tensor");
  return { metadata: metadata as Record<string, string>, places };
}

/**
 * @throws WorkbenchError with `code` and the name of the tensor that is wrong
 */
export function parseSafetensors(bytes: Uint8Array, file: string, code: ErrorCode): Safetensors {
  const { metadata, places } = parseSafetensorsHeader(bytes, bytes.length, file, code);
  const tensors = places.map(({ name, dtype, shape, from, to }): [string, StoredTensor] => {
    // A copy: the body of a file need not be aligned for its elements.
    const copy = new Uint8Array(bytes.subarray(from, to));
    return [name, { dtype, shape, data: new elementTypes[dtype].array(copy.buffer, 0, elementCount(shape)) }];
  });
  return { metadata, tensors: new Map(tensors) };
}

function parseHeader(bytes: Uint8Array, refuse: (problem: string) => never): z.infer<typeof headerSchema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return refuse("its header is not JSON");
  }
  const header = headerSchema.safeParse(json);
  return header.success ? header.data : refuse(`its header: ${z.prettifyError(header.error)}`);
}

export function serializeSafetensors({ metadata, tensors }: Safetensors): Uint8Array {
  const places: TensorPlace[] = [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    places.push({ name, dtype, shape, from: end, to: end + data.byteLength });
    end += data.byteLength;
  }
  const header = serializeSafetensorsHeader({ metadata, places });
  const file = new Uint8Array(header.length + end);
  file.set(header);
  let at = header.length;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/** All that stands before the tensors, its length included; the first of them begins where it ends, wherever it was. */
export function serializeSafetensorsHeader({ metadata, places }: SafetensorsHeader): Uint8Array {
  const bodyStart = places.reduce((least, { from }) => Math.min(least, from), Infinity);
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, dtype, shape, from, to } of places) {
    header[name] = { dtype, shape, data_offsets: [from - bodyStart, to - bodyStart] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Tensors start at a multiple of 8, as the format asks.
  const bytes = new Uint8Array(lengthBytes + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - lengthBytes), true);
  bytes.set(json, lengthBytes);
  return bytes;
}
