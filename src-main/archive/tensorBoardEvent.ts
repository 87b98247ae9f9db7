import protobuf from "google-protobuf";

/** A number, or a text in Markdown, under a tag. */
export type Tagged =
  | { readonly tag: string; readonly kind: "scalar"; readonly value: number }
  | { readonly tag: string; readonly kind: "text"; readonly markdown: string };

export interface TensorBoardEvent {
  readonly timeMs: number;
  readonly step: number;
  readonly values: readonly Tagged[];
}

/** What TensorBoard wants to read first, of every file. */
const fileVersion = "brain.Event:2";

/** TensorFlow's number for an element type (types.proto). */
const stringType = 7;

type Writer = protobuf.BinaryWriter;

/** Fields of a message of TensorFlow's tensorboard protos by their numbers: event.proto, summary.proto, tensor.proto. */
function message(writer: Writer, field: number, write: () => void): void {
  writer.writeMessage(field, {}, write);
}

export function firstEvent(timeMs: number): Uint8Array {
  const writer = new protobuf.BinaryWriter();
  writer.writeDouble(1, timeMs / 1000);
  writer.writeString(3, fileVersion);
  return writer.getResultBuffer();
}

/** An `Event` with a `Summary`. */
export function encodeEvent({ timeMs, step, values }: TensorBoardEvent): Uint8Array {
  const writer = new protobuf.BinaryWriter();
  writer.writeDouble(1, timeMs / 1000);
  writer.writeInt64(2, step);
  message(writer, 5, () => {
    for (const value of values) message(writer, 1, () => writeValue(writer, value));
  });
  return writer.getResultBuffer();
}

function writeValue(writer: Writer, value: Tagged): void {
  writer.writeString(1, value.tag);
  switch (value.kind) {
    case "scalar":
      return writer.writeFloat(2, value.value);
    case "text":
      // Metadata before the tensor or after it: the plug-in's name says what the tensor is.
      message(writer, 9, () => message(writer, 1, () => writer.writeString(1, "text")));
      return message(writer, 8, () => {
        writer.writeEnum(1, stringType);
        message(writer, 2, () => message(writer, 2, () => writer.writeInt64(1, 1)));
        writer.writeBytes(8, Buffer.from(value.markdown));
      });
  }
}
