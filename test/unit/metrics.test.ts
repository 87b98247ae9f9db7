import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accuracyOf,
  classScores,
  confusionOf,
  countOf,
  imagesBehind,
  mistakesOf,
  predictedCounts,
} from "../../src-shared/metrics.ts";

const labels = Uint8Array.of(0, 0, 0, 1, 1, 2);
const predicted = Uint8Array.of(0, 1, 1, 1, 0, 0);

describe("confusion", () => {
  const confusion = confusionOf(labels, predicted, 3);

  it("counts [true][predicted]", () => {
    expect([...confusion.counts]).toEqual([1, 2, 0, 1, 1, 0, 1, 0, 0]);
    expect(accuracyOf(confusion)).toBeCloseTo(2 / 6, 12);
  });

  it("scores each class by itself; what cannot be said is null", () => {
    expect(classScores(confusion)).toEqual([
      { images: 3, predicted: 3, precision: 1 / 3, recall: 1 / 3, f1: 1 / 3 },
      { images: 2, predicted: 3, precision: 1 / 3, recall: 1 / 2, f1: 2 / 5 },
      { images: 1, predicted: 0, precision: null, recall: 0, f1: 0 },
    ]);
    expect(classScores(confusionOf(new Uint8Array(), new Uint8Array(), 1))).toEqual([
      { images: 0, predicted: 0, precision: null, recall: null, f1: null },
    ]);
    expect(accuracyOf(confusionOf(new Uint8Array(), new Uint8Array(), 1))).toBeNull();
  });

  it("names mistakes, the most frequent first, and the images behind them", () => {
    expect(mistakesOf(confusion)).toEqual([
      { label: 0, predicted: 1, images: 2, share: 2 / 3 },
      { label: 1, predicted: 0, images: 1, share: 1 / 2 },
      { label: 2, predicted: 0, images: 1, share: 1 },
    ]);
    expect(imagesBehind(labels, predicted, { label: 0, predicted: 1 })).toEqual([1, 2]);
  });

  it("a class that the data set does not name has a row all the same", () => {
    expect(confusionOf(Uint8Array.of(4), Uint8Array.of(1), 2).classes).toBe(5);
    expect([...predictedCounts(Uint8Array.of(0, 3, 3))]).toEqual([1, 0, 0, 2]);
    expect([...predictedCounts(Uint8Array.of(0), 3)]).toEqual([1, 0, 0]);
  });

  it("every image is in one cell; recall weighted by images is the accuracy", () => {
    const one = fc.tuple(fc.nat(9), fc.nat(9));
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 300 }), (images) => {
        const truth = Uint8Array.from(images, ([label]) => label);
        const said = Uint8Array.from(images, ([, guess]) => guess);
        const all = confusionOf(truth, said, 10);
        let sum = 0;
        for (let label = 0; label < 10; label++) {
          for (let guess = 0; guess < 10; guess++) {
            const behind = imagesBehind(truth, said, { label, predicted: guess });
            expect(behind).toHaveLength(countOf(all, label, guess));
            sum += behind.length;
          }
        }
        expect(sum).toBe(images.length);
        const right = images.filter(([label, guess]) => label === guess).length;
        expect(accuracyOf(all)).toBeCloseTo(right / images.length, 12);
        const recalled = classScores(all).reduce((found, score) => found + (score.recall ?? 0) * score.images, 0);
        expect(recalled).toBeCloseTo(right, 9);
        for (const { precision, recall, f1 } of classScores(all)) {
          if (precision !== null && recall !== null && precision + recall > 0) {
            expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
          }
        }
      }),
    );
  });
});
