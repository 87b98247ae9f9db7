export { reportFile } from "./reportFolder.ts";
export { ReportService } from "./reportService.ts";
