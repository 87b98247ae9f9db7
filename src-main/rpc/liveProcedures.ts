import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";

const { live: os } = implementation;

export const liveProcedures = {
  watch: os.watch.handler(async function* ({ context: { workbench }, input: { cursor }, signal }) {
    yield* feedOf(workbench).watch(cursor, signal);
  }),
};
