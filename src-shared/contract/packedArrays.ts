/**
 * Columns of numbers as plain bytes, with what describes them in front: oRPC makes objects of typed arrays, so they travel
 * as one Blob.
 *
 *     uint32   length of the header in bytes, a multiple of 4
 *     header   JSON: { meta, arrays: [{ type, length }] }, padded with spaces
 *     arrays   one after the other, each from a multiple of 4 on
 *
 * Numbers are little-endian, as every machine that this runs on is.
 */
const types = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;
type ArrayType = keyof typeof types;
export type PackedArray = Float32Array | Int32Array | Uint8Array;

export interface Unpacked {
  /** What was packed beside the arrays; to be parsed by whoever knows what it should be. */
  readonly meta: unknown;
  /** Views of the bytes that were unpacked. */
  readonly arrays: readonly PackedArray[];
}

const lengthBytes = 4;
const aligned = (bytes: number): number => Math.ceil(bytes / 4) * 4;
const space = 0x20;

function typeOf(array: PackedArray): ArrayType {
  if (array instanceof Float32Array) return "float32";
  return array instanceof Int32Array ? "int32" : "uint8";
}

/** @param meta safe for JSON */
export function packArrays(meta: unknown, arrays: readonly PackedArray[]): Uint8Array<ArrayBuffer> {
  const described = arrays.map((array) => ({ type: typeOf(array), length: array.length }));
  const header = new TextEncoder().encode(JSON.stringify({ meta, arrays: described }));
  const headerBytes = aligned(header.length);
  const dataBytes = arrays.reduce((bytes, array) => bytes + aligned(array.byteLength), 0);
  const packed = new Uint8Array(lengthBytes + headerBytes + dataBytes);
  new DataView(packed.buffer).setUint32(0, headerBytes, true);
  packed.fill(space, lengthBytes, lengthBytes + headerBytes);
  packed.set(header, lengthBytes);
  let offset = lengthBytes + headerBytes;
  for (const array of arrays) {
    packed.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += aligned(array.byteLength);
  }
  return packed;
}

/** @throws RangeError, SyntaxError, TypeError where these are no packed arrays, or not all of them */
export function unpackArrays(bytes: ArrayBuffer): Unpacked {
  const headerBytes = new DataView(bytes).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(bytes, lengthBytes, headerBytes));
  const { meta, arrays } = JSON.parse(text) as { meta: unknown; arrays: { type: ArrayType; length: number }[] };
  let offset = lengthBytes + headerBytes;
  return {
    meta,
    arrays: arrays.map(({ type, length }) => {
      const array = new types[type](bytes, offset, length);
      offset += aligned(array.byteLength);
      return array;
    }),
  };
}
