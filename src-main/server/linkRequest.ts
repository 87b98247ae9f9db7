import { request } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { instanceFile, readInstance } from "./instanceFile.ts";

export const linksAddress = "/api/links";
const answersWithinMs = 5_000;
const answerSchema = z.object({ url: z.url() });

/**
 * A fresh link to the browser shell that serves `home`.
 *
 * @param processId of the main that is known to be alive: the file of one that was killed may still be there, and its
 *   secret is nobody else's business
 * @throws WorkbenchError `locked` where it gives none
 */
export async function requestLink(home: string, processId: number): Promise<string> {
  const serving = readInstance(home)?.serving;
  if (serving?.processId !== processId) {
    throw new WorkbenchError("locked", `The workbench (process ${processId}) does not say where it serves.`, {
      mend: `Wait until it has started; if it has, end it and start it again. (${instanceFile(home)})`,
    });
  }
  const { origin, secret } = serving;
  try {
    return answerSchema.parse(JSON.parse(await post(`${origin}${linksAddress}`, origin, secret))).url;
  } catch (cause) {
    throw new WorkbenchError("locked", `The workbench at ${origin} gives no link: ${(cause as Error).message}`, {
      mend: "Wait a moment and try again; if it hangs, end it.",
      cause,
    });
  }
}

function post(url: string, origin: string, secret: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // `agent: false`: with the global one, NODE_USE_ENV_PROXY would send the secret to a proxy.
    const options = { method: "POST", agent: false, headers: { origin, authorization: `Bearer ${secret}` } };
    request(url, { ...options, signal: AbortSignal.timeout(answersWithinMs) }, (response) => {
      const answer = text(response);
      if (response.statusCode === 200) answer.then(resolve, reject);
      else reject(new Error(`it answers ${response.statusCode}`));
    })
      .on("error", reject)
      .end();
  });
}
