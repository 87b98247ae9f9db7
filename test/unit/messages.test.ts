import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const renderer = path.resolve(import.meta.dirname, "../../src-renderer");
const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(renderer, file), "utf8"));
const settings = readJson("project.inlang/settings.json") as {
  locales: string[];
  "plugin.inlang.messageFormat": { pathPattern: string[] };
};
const named = settings["plugin.inlang.messageFormat"].pathPattern.map((file) => path.basename(file, ".json"));

type Message = string | readonly { readonly match: Readonly<Record<string, string>> }[];
const messagesOf = (locale: string): Map<string, readonly string[]> =>
  new Map(
    named.flatMap((name) =>
      Object.entries(readJson(`messages/${locale}/${name}.json`) as Record<string, Message>).map(
        ([key, message]): [string, string[]] => [
          key,
          typeof message === "string" ? [message] : message.flatMap(({ match }) => Object.values(match)),
        ],
      ),
    ),
  );

const [english, japanese] = ["en", "ja"].map(messagesOf);
const parametersOf = (texts: readonly string[]): string[] =>
  [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)))].sort();
/** Names, units and what is typed as it stands: the same in any language. */
const international = new Set(
  (
    "CIFAR He et al Fashion MNIST JPEG PNG ReLU TensorFlow GPU CPU ID JSON CSV URL rwb export train config npm ci history " +
    "restore trainer log Python pip Enter Ctrl Alt X K GB ch px kB MB NaN bfloat cifar plain checkpoint key value test CLASS " +
    "training iterations English n A B C F x s tar gz b c p pt nat " +
    "probe atIterations run lesion RUN dpi LaTeX Markdown pgfplots e PyTorch v m g"
  ).split(" "),
);

it("each file of messages is in each language, and compiled", () => {
  for (const locale of settings.locales) {
    const files = readdirSync(path.join(renderer, "messages", locale)).map((file) => path.basename(file, ".json"));
    expect(files.sort(), locale).toEqual([...named].sort());
  }
  expect(settings.locales).toEqual(["en", "ja"]);
});

describe("in Japanese", () => {
  it("no message is missing, and none is left over", () => {
    expect([...japanese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("each says what the English one says: the same parameters", () => {
    const differ = [...english].flatMap(([key, texts]) => {
      const [wanted, is] = [parametersOf(texts), parametersOf(japanese.get(key) ?? [])];
      return wanted.join() === is.join() ? [] : [`${key}: {${wanted.join("} {")}} is {${is.join("} {")}}`];
    });
    expect(differ).toEqual([]);
  });

  it("no English is left", () => {
    const left = [...japanese].flatMap(([key, texts]) =>
      texts.flatMap((text) => {
        const words = text.replaceAll(/\{\w+\}/g, " ").match(/[A-Za-z]+/g) ?? [];
        const foreign = words.filter((word) => !international.has(word));
        return foreign.length === 0 ? [] : [`${key}: ${foreign.join(" ")}`];
      }),
    );
    expect(left).toEqual([]);
  });

  it("no text is empty", () => {
    expect([...japanese].filter(([, texts]) => texts.some((text) => text.trim() === ""))).toEqual([]);
  });
});
