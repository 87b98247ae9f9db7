import { z } from "zod";
import { dpiSchema, type Services } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { figureFormats, figureStyleNames, type FigureFormat } from "../../src-shared/figures/figureChoices.ts";
import { figureFile, figureRecipeSchema } from "../../src-shared/figures/figureRecipe.ts";
import { attachment, type Reply } from "./reply.ts";

const types: Readonly<Record<FigureFormat, string>> = {
  svg: "image/svg+xml",
  pdf: "application/pdf",
  png: "image/png",
  csv: "text/csv; charset=utf-8",
  tex: "application/x-tex; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  pgfplots: "application/x-tex; charset=utf-8",
};

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("is not JSON");
    return z.NEVER;
  }
});

/** What an address of `figureAddress` asks for (src-shared/contract/figureContract.ts). */
const questionSchema = z.strictObject({
  recipe: json.pipe(figureRecipeSchema),
  style: z.enum(figureStyleNames),
  format: z.enum(figureFormats),
  dpi: z.coerce.number().pipe(dpiSchema).optional(),
});

/**
 * A figure, rendered when it is asked for, as a file to keep.
 * @throws WorkbenchError `usage` where the address asks for nothing that there is; as `figures.render`
 */
export async function figureDownload({ figures }: Pick<Services, "figures">, query: URLSearchParams): Promise<Reply> {
  const { data: question, error } = questionSchema.safeParse(Object.fromEntries(query));
  if (!question) {
    throw new WorkbenchError("usage", `No figure is asked for like this: ${z.prettifyError(error)}`, {
      mend: "Choose it in the window's gallery.",
    });
  }
  const file = await figures.render(question);
  const { recipe, format } = question;
  return {
    ...{ status: 200, type: types[format], body: Buffer.from(await file.arrayBuffer()) },
    headers: attachment(figureFile(recipe, format)),
  };
}
