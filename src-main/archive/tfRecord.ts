import { crc32c } from "./crc32c.ts";

/** A checksum of data that holds checksums is weak; TensorFlow turns and shifts each (tsl/lib/hash/crc32c.h). */
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

/** One record of a TFRecord file: length (uint64), its checksum, the bytes, theirs; little-endian. */
export function tfRecord(bytes: Uint8Array): Buffer {
  const record = Buffer.alloc(bytes.length + 16);
  record.writeBigUInt64LE(BigInt(bytes.length), 0);
  record.writeUInt32LE(masked(record.subarray(0, 8)), 8);
  record.set(bytes, 12);
  record.writeUInt32LE(masked(bytes), 12 + bytes.length);
  return record;
}
