import sharp from "sharp";
import { imageBytes, imageChannels, imageSide } from "./preparedDataset.ts";

/** A photograph has 50 million pixels at most; what claims more is a bomb. */
const mostPixels = 50_000_000;

/**
 * A JPEG or PNG file as an image of a data set: uint8 [32, 32, 3]. Other sizes are scaled so that the shorter side fits and
 * cut in the centre; transparent pixels become white; grey is repeated, and what a camera's orientation tag says is done.
 *
 * @throws Error whose message goes on behind the file's name: "is neither a JPEG nor a PNG image"
 */
export async function decodeImage(bytes: Buffer): Promise<Uint8Array> {
  // libvips reads many formats, some of which refer to other files; the file's name does not decide.
  if (!isJpeg(bytes) && !isPng(bytes)) throw new Error("is neither a JPEG nor a PNG image");
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: mostPixels, failOn: "error" })
      .autoOrient()
      .flatten({ background: "white" })
      .resize(imageSide, imageSide, { fit: "cover", position: "centre" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== imageChannels || data.length !== imageBytes) throw new Error(`${info.channels} channels`);
    return data;
  } catch (error) {
    throw new Error(`cannot be read as an image: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}

const isJpeg = (bytes: Buffer): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
const isPng = (bytes: Buffer): boolean => bytes.toString("latin1", 0, 8) === "\x89PNG\r\n\x1a\n";
