/*
 * Every learner in closed loop on the same windows, features and folds: the table of "The learners,
 * judged" in src/learning/README.md. A study a learner; what is there already is not done again.
 *
 *   nice node test/bench/learners.mjs [FOLDER]        minutes of CPU, most for trees and the net
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'out', 'learners'));
const PROGRAMS = ['cc1', 'gitlog', 'perl', 'pyast', 'sort', 'sqlite'];
const FEATURES =
  'recency, frequency, age, dirty, gap1, gap2, reuseGap, visits, visitsMedium, absence, ' +
  'regionReturns, signatureReturns';

const LEARNERS = [
  ['least-squares', '{ low: -1 }'],
  ['ridge', '{ low: -1 }'],
  ['polynomial', '{ low: -1 }'],
  ['piecewise', '{ low: -1 }'],
  ['logistic', '{}'],
  ['pairwise', '{}'],
  ['listwise', '{}'],
  ['trees', '{}'],
  ['network', '{}'],
];

const study = (learner, options, policies) => `name: ${learner}
fingerprints: [${PROGRAMS.map((name) => join(root, `datasets/fingerprints/${name}.evfp`)).join(', ')}]
window: { references: 100000, from: 0.4 }
frames: [10%, 20%]
policies: [${policies}]
label: { states: [lru], candidates: 16, max-decisions: 500 }
train:
  learner: ${learner}
  options: ${options}
  features: [${FEATURES}]
  rounds: 1
  policy: { candidates: 32 }
folds: 3
seed: 1
`;

mkdirSync(folder, { recursive: true });
const lines = [];
for (const [i, [learner, options]] of LEARNERS.entries()) {
  const file = join(folder, `${learner}.yaml`);
  const policies = i === 0 ? 'lru, min, duel, tournament, lecar, clock-pro' : 'lru';
  writeFileSync(file, study(learner, options, policies));
  const main = join(root, 'dist/cli/main.js');
  const output = join(folder, learner);
  execFileSync(process.execPath, [main, 'study', file, '-o', output], { stdio: 'ignore' });
  const { statistics } = JSON.parse(readFileSync(join(output, 'gaps.json'), 'utf8'));
  for (const one of statistics.policies) {
    if (one.fitted || (i === 0 && !['lru', 'min'].includes(one.policy))) lines.push(one);
  }
}
const tenths = (value) => value.toFixed(1);
lines.sort((a, b) => b.closedPercent - a.closedPercent);
for (const one of lines) {
  const cells = [
    one.policy,
    tenths(one.closedPercent),
    one.closedPercentInterval.map(tenths).join(' … '),
    tenths(one.medianClosedPercent),
    tenths(one.minGapPercent),
    `${one.worseThanLru} of ${one.cells}`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
