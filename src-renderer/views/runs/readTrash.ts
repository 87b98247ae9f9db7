import { mostRunsAtOnce, type Run } from "../../../src-shared/contract/index.ts";
import { services } from "../../state/client.svelte.ts";

/** Every run in the trash, in the order in which they were added. */
export async function readTrash(): Promise<Run[]> {
  const trashed: Run[] = [];
  for (let skip = 0; ; skip += mostRunsAtOnce) {
    const page = await services.runs.list({ trash: true, skip, most: mostRunsAtOnce });
    trashed.push(...page.filter(({ trashedMs }) => trashedMs !== null));
    if (page.length < mostRunsAtOnce) return trashed;
  }
}
