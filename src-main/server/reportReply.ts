import type { ReportFormat, Services } from "../../src-shared/contract/index.ts";
import { attachment, html, type Reply } from "./reply.ts";
import { reportHeaders } from "./securityHeaders.ts";

/** A report of the queue: a page to look at, or Markdown to keep. @throws WorkbenchError `report-unknown` */
export async function reportReply(
  { reports }: Pick<Services, "reports">,
  name: string,
  format: ReportFormat,
): Promise<Reply> {
  const { text } = await reports.read({ name, format });
  switch (format) {
    case "html":
      return { status: 200, type: html, body: text, headers: reportHeaders };
    case "md":
      return { status: 200, type: "text/markdown; charset=utf-8", body: text, headers: attachment(`${name}.md`) };
  }
}
