import type { Fault } from "../fault.ts";
import { smallRuns } from "../smallRuns.ts";

export const divergence: Fault = {
  name: "divergence",
  title: "a run whose rate is far too high, others behind it",
  strike: async ({ lab }) => {
    const normal = smallRuns(2, 120);
    const expected = await lab.reference(normal);
    const [hot] = smallRuns(1, 120, (config) => ({
      ...config,
      seed: 99,
      // Decay times rate is 10,000: the weights grow by as much at each step, which float32 bears about nine times.
      training: {
        ...config.training,
        weightDecay: 10,
        learningRate: { ...config.training.learningRate, base: 1_000 },
      },
    }));
    const home = await lab.queue([hot, ...normal]);
    const violations = await lab.finish(lab.start(home), new Map([...expected, [99, "diverged" as const]]));
    return { count: 1, outcome: "diverged; the others finished, bit-equal", violations };
  },
};
