/** A saved optimum, checked by anyone who has the fingerprint. */
import { defineCommand, FINGERPRINT } from '../command.ts';
import { parseSeed, SEED } from '../sharedOptions.ts';

export const verify = defineCommand({
  operand: {
    name: 'plan',
    describe: 'file that `evictlab optimum … -o FILE` wrote',
    second: FINGERPRINT,
  },
  options: { seed: { ...SEED, describe: 'of synthetic:… inputs' } },
  example: 'verify zipf.plan synthetic:zipf:pages=300,references=10000',
  details:
    'Exit status: 0 if every claim holds, 1 if one does not, 2 if the file is no plan for it.',
  async run(values, [path, input]) {
    const { requirePlanFor } = await import('../../node/namedPolicy.ts');
    const { readPlan, schedulePolicy } = await import('../../node/planFile.ts');
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { checkClaim } = await import('../../optimal/claim.ts');
    const { formatCount, formatTable } = await import('../../report/table.ts');
    const saved = await readPlan(path);
    const { fingerprint, digest } = await readFingerprint(input, parseSeed(values.seed));
    requirePlanFor(saved, path, fingerprint.name, digest);
    const { claim, certificate } = saved;
    const references = linearize(fingerprint);
    const findings = await checkClaim(references, claim, certificate, schedulePolicy(saved));
    const holds = findings.every((finding) => finding.holds);
    const shown = (value: number | boolean): string =>
      typeof value === 'number' ? formatCount(value) : value ? 'yes' : 'no';
    return {
      isNo: !holds,
      json: {
        plan: path,
        fingerprint: fingerprint.name,
        digest,
        frames: claim.frames,
        ...claim.prices,
        holds,
        findings,
      },
      text: () =>
        formatTable(
          [
            { title: `${fingerprint.name}, ${formatCount(claim.frames)} frames`, align: 'left' },
            { title: 'claimed', align: 'right' },
            { title: 'found', align: 'right' },
            { title: '', align: 'left' },
          ],
          findings.map((finding) => [
            finding.what,
            shown(finding.claimed),
            shown(finding.found),
            finding.holds ? 'holds' : 'DOES NOT HOLD',
          ]),
        ),
    };
  },
});
