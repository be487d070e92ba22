/*
 * How long to train: fingerprints are held out in turn, all folds trained step by step side by
 * side, and the number of steps with the least held-out loss is used on everything.
 */
export interface Trainer {
  /** One more epoch, or tree. */
  step(): void;
  /** Mean loss a row on the decisions held out; before the first step, that of a constant score. */
  heldOutLoss(): number;
}

export interface ChosenSteps {
  readonly steps: number;
  readonly heldOutR2: number;
}

/** Stops when the loss has not fallen for `patience` steps. At least one step is chosen. */
export function chooseSteps(
  trainers: readonly Trainer[],
  stepsMax: number,
  patience: number,
): ChosenSteps {
  const meanLoss = (): number =>
    trainers.reduce((sum, trainer) => sum + trainer.heldOutLoss(), 0) / trainers.length;
  const start = meanLoss();
  let best = { steps: 1, loss: Number.POSITIVE_INFINITY };
  for (let steps = 1; steps <= stepsMax && steps <= best.steps + patience; steps++) {
    for (const trainer of trainers) trainer.step();
    const loss = meanLoss();
    if (loss < best.loss) best = { steps, loss };
  }
  return { steps: best.steps, heldOutR2: start === 0 ? 0 : 1 - best.loss / start };
}
