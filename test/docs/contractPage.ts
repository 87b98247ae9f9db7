import { createHash } from "node:crypto";
import {
  getEventIteratorSchemaDetails,
  isContractProcedure,
  type AnyContractProcedure,
  type AnyContractRouter,
} from "@orpc/contract";
import prettier from "prettier";
import { z } from "zod";
import * as shared from "../../src-shared/contract/index.ts";
import { errorCodes } from "../../src-shared/errors.ts";
import { contractTexts } from "./contractTexts.ts";
import { schemaText, type JsonSchema } from "./schemaText.ts";

interface Procedure {
  readonly path: string;
  readonly input: z.ZodType | undefined;
  readonly output: z.ZodType | undefined;
  readonly isStream: boolean;
}

/** Every procedure of the contract, in its order. */
export function procedures(router: AnyContractRouter = shared.contract, prefix = ""): Procedure[] {
  return Object.entries(router as Record<string, AnyContractRouter>).flatMap(([name, child]) => {
    const path = `${prefix}${name}`;
    if (!isContractProcedure(child)) return procedures(child, `${path}.`);
    const { inputSchema, outputSchema } = (child as AnyContractProcedure)["~orpc"] as {
      inputSchema: z.ZodType | undefined;
      outputSchema: z.ZodType | undefined;
    };
    const stream = outputSchema && getEventIteratorSchemaDetails(outputSchema);
    const output = stream ? (stream.yields as z.ZodType) : outputSchema;
    return [{ path, input: inputSchema, output, isStream: stream !== undefined }];
  });
}

/** Shapes with a name of their own, told once. */
const named = new Map<z.ZodType, string>([
  [shared.gridSchema, "Grid"],
  [shared.runSchema, "Run"],
  [shared.runDetailSchema, "RunDetail"],
  [shared.plannedRunSchema, "PlannedRun"],
  [shared.studySchema, "Study"],
  [shared.studyCellSchema, "StudyCell"],
  [shared.evaluationSchema, "Evaluation"],
  [shared.probeSchema, "Probe"],
  [shared.ledgerEntrySchema, "LedgerEntry"],
  [shared.readyDatasetSchema, "ReadyDataset"],
  [shared.datasetSchema, "Dataset"],
  [shared.checkSchema, "Check"],
  [shared.settingsSchema, "Settings"],
  [shared.statusSchema, "Status"],
  [shared.tickSchema, "Tick"],
  [shared.cursorSchema, "Cursor"],
]);

const jsonOf = (
  schema: z.ZodType,
  io: "input" | "output",
  metadata?: z.core.$ZodRegistry<{ id?: string }>,
): JsonSchema => z.toJSONSchema(schema, { io, unrepresentable: "any", ...(metadata && { metadata }) }) as JsonSchema;

/** Of everything that the two sides must agree on; letters and digits. */
export function hashOfContract(): string {
  const shapes = procedures().map(({ path, input, output, isStream }) => ({
    ...{ path, isStream },
    input: input && jsonOf(input, "input"),
    output: output && jsonOf(output, "output"),
  }));
  const text = JSON.stringify({ version: shared.contractVersion, errorCodes, shapes });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** `src-shared/contract/contractHash.ts` as it should be. */
export const hashModule =
  (): string => `/** Of the contract's schemas; made by test/docs/main.ts, and a test fails when it is stale. */
export const contractHash = "${hashOfContract()}";
`;

/** `docs/rpc.md` as it should be. */
export async function contractPage(): Promise<string> {
  const registry = z.registry<{ id?: string }>();
  for (const [schema, id] of named) registry.add(schema, { id });
  const texts = contractTexts();
  const typeOf = (schema: z.ZodType, io: "input" | "output"): string =>
    named.get(schema) ?? schemaText(jsonOf(schema, io, registry));
  const sections = procedures().map(({ path, input, output, isStream }) => {
    const description = output?.meta()?.description;
    const asks = input ? typeOf(input, "input") : "";
    const answers = output ? typeOf(output, "output") : "nothing";
    const types = `${path}(${asks}) -> ${isStream ? "stream of " : ""}${answers}`;
    const paragraphs = [`### ${path}`, texts.get(path), `\`\`\`ts\n${types}\n\`\`\``];
    if (description) paragraphs.push(`The Blob: ${description}.`);
    return paragraphs.filter(Boolean).join("\n\n");
  });
  const shapes = [...named].map(([schema, id]) => {
    const json = jsonOf(schema, "output", registryWithout(schema));
    return `${id} = ${schemaText(json)}`;
  });
  const page = `# RPC

Made from the contract (src-shared/contract) by \`node test/docs/main.ts\`; a test fails when it is stale.

One contract stands between main and whoever uses it: the window, over WebSocket or MessagePort; a command, over the local
socket or in the same process. Contract version ${shared.contractVersion}, hash \`${hashOfContract()}\`.

- Numbers that JSON has no word for travel as "NaN", "Infinity" and "-Infinity"; what there is not is null. Times ending in
  \`Ms\` are milliseconds, since 1970 where they are points in time. Accuracies are fractions. An \`int\` is a whole number.
- Every procedure may fail with one of the codes of src-shared/errors.ts, a message, and \`data.mend\`: what mends it.
- A run may be named by the beginning of its id, where no other run's id begins so.
- Columns of numbers travel as a Blob (src-shared/contract/packedArrays.ts).
- A stream ends when its signal does, or when whoever reads it leaves.
- A client's message on a WebSocket has a mebibyte at most. The browser shell takes files by POST, as they are: a run's archive
  at \`/api/import\` (of one run or of several), a data set's at \`/api/datasets/NAME\` (\`?replace=yes\`), a picture at
  \`/api/runs/RUN/predict?checkpoint=last\`, whose answer is that of \`runs.predict\`.

## Procedures

${sections.join("\n\n")}

## Shapes

\`\`\`ts
${shapes.join("\n\n")}
\`\`\`
`;
  return prettier.format(page, { parser: "markdown", ...(await prettier.resolveConfig(import.meta.filename)) });

  /** A shape is told in full where it is told. */
  function registryWithout(told: z.ZodType): z.core.$ZodRegistry<{ id?: string }> {
    const others = z.registry<{ id?: string }>();
    for (const [schema, id] of named) if (schema !== told) others.add(schema, { id });
    return others;
  }
}
