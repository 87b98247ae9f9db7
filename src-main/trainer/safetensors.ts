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

/**
 * @throws WorkbenchError with `code` and the name of the tensor that is wrong
 */
export function parseSafetensors(bytes: Uint8Array, file: string, code: ErrorCode): Safetensors {
  const refuse = (problem: string): never => {
    throw new WorkbenchError(code, `${file}: ${problem}`);
  };
  if (bytes.length < 8) refuse("too short to be a safetensors file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > maximumHeaderBytes || 8 + headerBytes > bytes.length) refuse("its header leaves the file");
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, 8 + headerBytes), refuse);
  const body = bytes.subarray(8 + headerBytes);
  const tensors = new Map<string, StoredTensor>();
  const parts: [number, number][] = [];
  for (const [name, entry] of Object.entries(entries)) {
    if (!("data_offsets" in entry) || typeof entry.data_offsets === "string") return refuse(`'${name}' is no tensor`);
    const { dtype, shape, data_offsets } = entry as {
      dtype: ElementType;
      shape: number[];
      data_offsets: [number, number];
    };
    const [from, to] = data_offsets;
    const type = elementTypes[dtype];
    if (from > to || to > body.length || to - from !== elementCount(shape) * type.bytes) {
      refuse(`tensor '${name}' has not the bytes of its shape`);
    }
    parts.push([from, to]);
    // A copy: the body of a file need not be aligned for its elements.
    const copy = new Uint8Array(body.subarray(from, to));
    tensors.set(name, { dtype, shape, data: new type.array(copy.buffer, 0, elementCount(shape)) });
  }
  let covered = 0;
  for (const [from, to] of parts.sort(([a, aEnd], [b, bEnd]) => a - b || aEnd - bEnd)) {
    if (from !== covered) refuse("its tensors overlap or leave a gap");
    covered = to;
  }
  if (covered !== body.length) refuse("its tensors do not cover the file");
  if ("data_offsets" in metadata) refuse("its metadata is a tensor");
  return { metadata: metadata as Record<string, string>, tensors };
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
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Tensors start at a multiple of 8, as the format asks.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8 + json.length, 8 + headerBytes);
  file.set(json, 8);
  let at = 8 + headerBytes;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
