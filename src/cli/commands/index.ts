/** Every command, in the order of the help: from a trace to a table of gaps. */
import type { ListedCommand } from '../command.ts';

export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'capture',
    title: 'Record a fingerprint of a running program, and of all it starts',
    load: async () => (await import('./capture.ts')).capture,
  },
  {
    name: 'doctor',
    title: 'Say which methods of capture work here, and what is missing for the others',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'import',
    title: "Convert another tool's trace to a fingerprint; .gz and .zst are read directly",
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'inspect',
    title: 'Say what is in a fingerprint, or print it in the notation',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'simulate',
    title: 'Run policies on a fingerprint',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  {
    name: 'optimum',
    title: 'Find the least cost any policy could have, with both ends of what is certain',
    load: async () => (await import('./optimum.ts')).optimum,
  },
  {
    name: 'verify',
    title:
      'Check what a saved optimum claims: replay its schedule, evaluate the proof of its bound',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'compare',
    title: 'Compare the evictions of a policy with those another would make in its place',
    load: async () => (await import('./compare.ts')).compare,
  },
  {
    name: 'curve',
    title: 'Count the page-ins at every memory size in one pass',
    load: async () => (await import('./curve.ts')).curve,
  },
  {
    name: 'label',
    title: 'Write down evictions, what a kernel could know of them and what the future says',
    load: async () => (await import('./label.ts')).label,
  },
  {
    name: 'train',
    title: 'Fit a model to labelled decisions; use it as the policy model:FILE',
    load: async () => (await import('./train.ts')).train,
  },
  {
    name: 'export',
    title: 'Write a fitted model as C or JavaScript; tell its formula and its cost',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'evaluate',
    title: 'Compare policies with the optimum: the gap table',
    load: async () => (await import('./evaluate.ts')).evaluate,
  },
  {
    name: 'study',
    title: 'Label, fit and evaluate as a file says; run again, it does only what is missing',
    load: async () => (await import('./study.ts')).study,
  },
  {
    name: 'report',
    title: 'Write one HTML file with all tables and pictures, and the numbers behind them',
    load: async () => (await import('./report.ts')).report,
  },
  {
    name: 'policies',
    title: 'List the replacement policies: what they observe, cost and are from',
    load: async () => (await import('./policies.ts')).policies,
  },
  {
    name: 'features',
    title: 'List what a decision table can say about a page, and what it would cost a kernel',
    load: async () => (await import('./features.ts')).features,
  },
  {
    name: 'learners',
    title: 'List the ways to fit a model, with their options',
    load: async () => (await import('./learners.ts')).learners,
  },
];
