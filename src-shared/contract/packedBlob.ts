import { z } from "zod";

/** Bytes as oRPC carries them unchanged, over WebSocket and MessagePort alike. @param holds what is in them */
export const packedBlob = (holds: string) => z.instanceof(Blob).meta({ title: "Blob", description: holds });
