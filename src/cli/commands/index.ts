/** Every command, in the order of the help: from a trace to a table of gaps. */
import type { Command } from '../command.ts';
import { capture } from './capture.ts';
import { compare } from './compare.ts';
import { curve } from './curve.ts';
import { doctor } from './doctor.ts';
import { evaluate } from './evaluate.ts';
import { exportCommand } from './export.ts';
import { features } from './features.ts';
import { importCommand } from './import.ts';
import { inspect } from './inspect.ts';
import { label } from './label.ts';
import { learners } from './learners.ts';
import { optimum } from './optimum.ts';
import { policies } from './policies.ts';
import { report } from './report.ts';
import { simulate } from './simulate.ts';
import { study } from './study.ts';
import { train } from './train.ts';
import { verify } from './verify.ts';

export const COMMANDS: readonly Command[] = [
  capture,
  doctor,
  importCommand,
  inspect,
  simulate,
  optimum,
  verify,
  compare,
  curve,
  label,
  train,
  exportCommand,
  evaluate,
  study,
  report,
  policies,
  features,
  learners,
];
