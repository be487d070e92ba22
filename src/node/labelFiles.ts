/** Fingerprints to a file of labelled decisions: every input at every memory size. */
import type { CandidateCount, DecisionTable } from '../dataset/decisionTable.ts';
import { labelDecisions } from '../dataset/recorder.ts';
import { computeNextUse } from '../engine/nextUse.ts';
import { framesOn } from '../evaluation/filterLimit.ts';
import { type FrameSize, frameSizeText } from '../evaluation/frameSizes.ts';
import { borderOf } from '../evaluation/part.ts';
import { firstReferences } from '../fingerprint/firstReferences.ts';
import { linearize } from '../fingerprint/linearize.ts';
import { type Window, windowOf } from '../fingerprint/window.ts';
import { priceRegrets } from '../optimal/regret.ts';
import { InputError } from '../support/assert.ts';
import { type WrittenDecisions, writeDecisions } from './decisionFile.ts';
import { readFeatures } from './featureCatalog.ts';
import { readFingerprint } from './fingerprintFile.ts';
import { requireFits, requirePlanFor, resolveNamedPolicy } from './namedPolicy.ts';
import { readPlan } from './planFile.ts';

export interface LabelRequest {
  /** Fingerprints as on the command line; their names differ. */
  readonly inputs: readonly string[];
  readonly sizes: readonly FrameSize[];
  /** Also with fewer frames than a filtered capture is right for. */
  readonly belowFilter?: boolean;
  /** The policy whose run is labelled, as on the command line. */
  readonly statesOf: string;
  readonly candidates: CandidateCount;
  /** At most so many of each run; undefined: all. */
  readonly maxDecisions: number | undefined;
  readonly seed: number;
  /** Ids of the features to write; undefined: all there are. */
  readonly features?: readonly string[] | undefined;
  /** Only this window of each input is there; absent: all of it. */
  readonly window?: Window | undefined;
  /**
   * Only this share of those references, from the first on, is there, for labels too: a page used
   * again behind it counts as never used again. Absent: all of them.
   */
  readonly share?: number | undefined;
  /** A saved optimum of the one input and size there is; adds the column `regret`. */
  readonly plan?: string;
  /** `.parquet`, or `.csv`. */
  readonly output: string;
  /** Called as each run has been labelled. */
  readonly onDone: (runs: number) => void;
}

/** What was written. */
export async function labelFiles(request: LabelRequest): Promise<WrittenDecisions> {
  const { output } = request;
  if (!/\.(parquet|csv)$/i.test(output)) {
    throw new InputError(
      `${output}: no kind of decision file`,
      'end its name in .parquet, or in .csv for other programs',
    );
  }
  return writeDecisions(output, tablesOf(request));
}

async function* tablesOf(request: LabelRequest): AsyncGenerator<DecisionTable> {
  const { candidates, maxDecisions, seed, statesOf, plan, window, share } = request;
  const saved = plan === undefined ? undefined : await readPlan(plan);
  const features = await readFeatures(request.features);
  const policy = await resolveNamedPolicy(statesOf);
  const names = new Set<string>();
  let runs = 0;
  for (const input of request.inputs) {
    const { fingerprint, digest } = await readFingerprint(input, seed);
    const { name } = fingerprint;
    if (names.has(name)) {
      throw new InputError(
        `${input}: another input is called "${name}" too, and decisions are told apart by name`,
        'give it another name: `evictlab import FILE --format fingerprint --name NAME -o NEW`',
      );
    }
    names.add(name);
    requireFits(policy, fingerprint, digest);
    if (saved !== undefined && plan !== undefined) requirePlanFor(saved, plan, name, digest);
    const string = linearize(fingerprint);
    const whole = window === undefined ? string : windowOf(string, window);
    const references =
      share === undefined ? whole : firstReferences(whole, borderOf(whole.pages.length, share));
    const runsBefore = runs;
    const nextUse = computeNextUse(references);
    const frames = framesOn(fingerprint, request.sizes, {
      pageCount: references.pageCount,
      belowFilter: request.belowFilter ?? false,
    });
    for (const [i, frameCount] of frames.entries()) {
      const nothing = nothingToLabel(input, frameSizeText(request.sizes[i]));
      // Not even tried: the frames alone might be more than there is room for.
      if (frameCount >= references.pageCount) throw nothing;
      if (saved !== undefined && saved.claim.frames !== frameCount) {
        throw new InputError(
          `${plan} prices ${saved.claim.frames} frames, not ${frameCount}`,
          'give --frames the size of the plan',
        );
      }
      const regrets =
        saved && priceRegrets(references, nextUse, saved.claim.prices, saved.certificate);
      const table = labelDecisions(references, {
        fingerprint: name,
        digest,
        policy: policy.spec,
        options: policy.options,
        frameCount,
        seed,
        nextUse,
        features,
        candidates,
        ...(maxDecisions !== undefined && { maxDecisions }),
        ...(regrets !== undefined && { regrets }),
      });
      if (table.tick.length === 0) {
        // The first part may fit where the whole does not.
        if (share !== undefined) continue;
        throw nothing;
      }
      request.onDone(++runs);
      yield table;
    }
    if (runs === runsBefore) {
      throw new InputError(
        `${input}: in the first ${share} of its references nothing is ever evicted`,
        'give fewer frames, or a greater share to fit on',
      );
    }
  }
}

function nothingToLabel(input: string, size: string): InputError {
  return new InputError(
    `${input}: with --frames ${size} nothing is ever evicted, so there is nothing to label`,
    'give fewer frames, such as 10%',
  );
}
