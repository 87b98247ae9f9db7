import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { deviationsInWords } from "../../src-shared/deviations.ts";
import { errorCodes } from "../../src-shared/errors.ts";
import { recipeNames, recipes } from "../../src-shared/recipes.ts";
import { notStated } from "../../src-shared/study/notStated.ts";
import { answers, claimNames, reasons } from "../../src-shared/study/claims.ts";
import { scaleRun } from "../../src-shared/schedule.ts";
import { settingDeviations } from "../../src-shared/study/fidelity.ts";
import { fidelityInWords } from "../../src-shared/study/fidelityInWords.ts";
import { verdictInWords } from "../../src-shared/study/verdictInWords.ts";
import { checkDevices, checkNode } from "../../src-main/engine/checks.ts";
import { settlementOf } from "../../src-main/runner/settlement.ts";
import { baseLocale, overwriteGetLocale } from "../../src-renderer/paraglide/runtime.js";
import { deviationWords } from "../../src-renderer/state/deviationWords.ts";
import { errorWords } from "../../src-renderer/state/errorWords.ts";
import { fidelityWords, valueWords } from "../../src-renderer/state/fidelityWords.ts";
import { bytes, clockTime, count, dateTime, duration, percent } from "../../src-renderer/state/format.ts";
import { said } from "../../src-renderer/state/saidWords.ts";
import { answerWords, claimWords, evidenceWords } from "../../src-renderer/state/verdictWords.ts";

const speak = (locale: "en" | "ja"): void => overwriteGetLocale(() => locale);
afterEach(() => speak(baseLocale));

const isJapanese = (text: string): boolean => /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text);

describe("main's sentences in Japanese", () => {
  const folder = path.resolve(import.meta.dirname, "../../src-renderer/messages/en");
  const sentences = JSON.parse(readFileSync(path.join(folder, "said.json"), "utf8")) as Record<string, string>;
  /** What fits into any of them. */
  const samples: Readonly<Record<string, string>> = {
    ...{ iteration: "120", needed: "3.1", there: "2.5", losses: "3", seconds: "60", signal: "SIGKILL", code: "1" },
    ...{
      file: "checkpoints/last.safetensors",
      loss: "NaN",
      oldest: "24",
      version: "2.21.0",
      device: "cpu",
      size: "1.2 GB",
    },
    ...{
      folder: "/a b/engine",
      model: "Xeon",
      cores: "2",
      memory: "23 GB",
      kind: "AMX-BF16",
      others: "CIFAR-10",
      home: "/h",
    },
    ...{ from: "running", to: "failed", title: "CIFAR-10", how: "it said nothing for 60 s" },
    ...{ detail: "24.0.0, /usr/bin/node", why: "the workbench ended while it trained" },
  };
  it.each(Object.entries(sentences))("%s is known", (_, sentence) => {
    const one = sentence.replaceAll(/\{(\w+)\}/g, (__, name: string) => samples[name]);
    expect(said(one)).toBe(one);
    speak("ja");
    expect(isJapanese(said(one))).toBe(true);
  });

  const ends: readonly Parameters<typeof settlementOf>[0][] = [
    { kind: "ended", outcome: { kind: "diverged", iteration: 120 } } as never,
    { kind: "killed", because: "silent", silentMs: 60_000 } as never,
    { kind: "crashed", signal: "SIGKILL", exitCode: null } as never,
    { kind: "crashed", signal: null, exitCode: 3 } as never,
  ];
  it.each(ends.flatMap((end) => [1, 3].map((losses) => [end, losses] as const)))(
    "of %o, lost %i times",
    (end, losses) => {
      const { reason } = settlementOf(end, () => losses, undefined);
      speak("ja");
      expect(said(reason!)).not.toBe(reason);
      expect(said(reason!)).not.toMatch(/\b(?:it|the|its|trainer ended)\b/);
    },
  );

  it("of doctor", () => {
    const cpu = { model: "Xeon", cores: 2, memoryBytes: 23e9, bfloat16: undefined };
    const found = [
      ...checkDevices({ cpu, gpus: [] }),
      ...checkDevices({ cpu: { ...cpu, cores: 1, bfloat16: "AMX-BF16" }, gpus: [] } as never),
      checkNode("20.0.0"),
    ];
    speak("ja");
    for (const { detail } of found) expect(isJapanese(said(detail)), detail).toBe(true);
  });

  it("of several data sets", () => {
    speak("ja");
    expect(said("built-in shapes, CIFAR-10 (not the original archive)")).toBe(
      "内蔵の図形、CIFAR-10（公式アーカイブではない）",
    );
  });

  it("one that is not known stays as it is", () => {
    speak("ja");
    expect(said("Something that nobody foresaw.")).toBe("Something that nobody foresaw.");
  });
});

it("every error has words of its own", () => {
  expect(Object.keys(errorWords).sort()).toEqual([...errorCodes].sort());
  speak("ja");
  const texts = Object.values(errorWords).flatMap(({ what, mend }) => [what(), mend()]);
  expect(texts.filter((text) => !isJapanese(text))).toEqual([]);
});

describe("verdicts and deviations", () => {
  const verdicts = claimNames.flatMap((claim) =>
    answers.flatMap((answer) =>
      [undefined, ...reasons].map((reason) => ({
        claim,
        answer,
        reason,
        holds: 2,
        seeds: 3,
        evidence: "20 < 32 ~ 44",
      })),
    ),
  );
  it("are in English what the command line says", () => {
    for (const verdict of verdicts) {
      const ours = `${claimWords(verdict.claim)} -> ${answerWords(verdict)}; ${evidenceWords(verdict.evidence)}`;
      expect(ours).toBe(verdictInWords(verdict));
    }
    for (const evidence of ["training error 20 < 32; test error 20 ~ 32", "epochs to a loss of 0.712: 20: 3, 32: 4"]) {
      expect(evidenceWords(evidence)).toBe(evidence);
    }
    const config = { ...recipes.course.config(), precision: "bfloat16" } as const;
    const rate = { kind: "cosine", base: 0.1, final: 0, warmup: { iterations: 400, learningRate: 0.01 } } as const;
    const cosine = { ...config, training: { ...config.training, learningRate: rate } };
    for (const line of settingDeviations("course", [cosine])) {
      expect(fidelityWords("course", line)).toBe(fidelityInWords("course", line));
    }
    const other = { ...recipes.course.config(), preprocessing: "per-channel" } as const;
    for (const scale of [1, 1 / 32]) {
      for (const line of settingDeviations("course", [config, other], scale)) {
        expect(fidelityWords("course", line)).toBe(fidelityInWords("course", line));
      }
      expect(deviationWords("course", config, scale)).toEqual(deviationsInWords("course", config, scale));
    }
  });

  it("are Japanese in Japanese", () => {
    speak("ja");
    const short = { ...scaleRun(recipes.course.config(), 1 / 32), precision: "bfloat16" } as const;
    const lines = settingDeviations("course", [short], 1 / 32);
    expect(lines.map((line) => fidelityWords("course", line))).toEqual([
      "スケジュール: 1/32、2,000 反復、学習率を下げる反復 1,000、1,500 (course: 64,000 反復、学習率を下げる反復 32,000、48,000)",
      "数値精度: bfloat16 (course: float32)",
    ]);
    expect(settingDeviations("course", [short]).map((line) => fidelityWords("course", line))).toContain(
      "学習率: 0.1、反復 1,000、1,500 で 0.1 倍 (course: 0.1、反復 32,000、48,000 で 0.1 倍)",
    );
    for (const verdict of verdicts) {
      expect(isJapanese(answerWords(verdict))).toBe(true);
      expect(claimWords(verdict.claim)).not.toMatch(/[a-z]{3}/);
    }
    expect(evidenceWords("training error 20 < 32; test error 20 ~ 32")).toBe("訓練誤差 20 < 32、テスト誤差 20 ~ 32");
  });
});

describe("numbers and times", () => {
  const now = new Date(2026, 10, 24, 17, 31).getTime();
  const rows: readonly (readonly [string, () => string, string, string])[] = [
    ["a count", () => count(64_000), "64,000", "64,000"],
    ["a share", () => percent(0.9284, 2), "92.84 %", "92.84%"],
    ["seconds", () => duration(45_000), "45 s", "45 秒"],
    ["minutes", () => duration(12 * 60_000), "12 min", "12 分"],
    ["hours", () => duration(200 * 60_000), "3 h 20 min", "3 時間 20 分"],
    ["days", () => duration(52 * 3_600_000), "2 d 4 h", "2 日 4 時間"],
    ["a size", () => bytes(1.2e9), "1.2 GB", "1.2 GB"],
    ["a time of day", () => clockTime(now, now), "17:31", "17:31"],
    ["a day", () => dateTime(now), "Nov 24, 2026, 17:31", "2026/11/24 17:31"],
  ];
  it.each(rows)("%s", (_, text, english, japanese) => {
    expect(text()).toBe(english);
    speak("ja");
    expect(text()).toBe(japanese);
  });
});

it("what sources do not state is said in both languages, as are copies of data sets", () => {
  for (const recipe of recipeNames) {
    const config = recipes[recipe].config();
    for (const { here, known } of notStated[recipe]) {
      for (const text of [here(config, 1), known].filter((value) => value !== "" && !/^all \d+ images/.test(value))) {
        speak("en");
        expect(valueWords(text)).toBe(text);
        speak("ja");
        // A formula is a formula.
        expect(isJapanese(valueWords(text)), text).toBe(true);
      }
    }
  }
});
