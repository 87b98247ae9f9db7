/** What two classifiers did on the same images: the test looks at those alone that one of them got right. */
export interface McNemar {
  /** Images that the first alone got right. */
  readonly b: number;
  /** Images that the second alone got right. */
  readonly c: number;
  /** Exact, two-sided; 0 where it is smaller than any number here, which is what `log10P` is for. */
  readonly p: number;
  readonly log10P: number;
}

/**
 * McNemar's test (McNemar 1947) in its exact form: were both as good, each of the b + c images would have been a fair coin,
 * so p is twice the smaller tail of a binomial distribution, 1 at most. In logarithms, since 2^-10000 is no double.
 *
 * @param b, c whole numbers, 0 or more
 */
export function mcnemar(b: number, c: number): McNemar {
  const n = b + c;
  const smaller = Math.min(b, c);
  if (2 * smaller === n) return { b, c, p: 1, log10P: 0 };
  // The tail in units of its last term, which is the largest: term(k - 1) / term(k) = k / (n - k + 1).
  let tail = 1;
  let term = 1;
  for (let k = smaller; k > 0 && term > Number.EPSILON * tail; k--) {
    term *= k / (n - k + 1);
    tail += term;
  }
  const logP = Math.min(0, Math.LN2 + logBinomial(n, smaller) - n * Math.LN2 + Math.log(tail));
  return { b, c, p: Math.exp(logP), log10P: logP / Math.LN10 };
}

/** Natural logarithm of "n choose k". */
function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
