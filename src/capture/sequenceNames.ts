/** What a sequence is called: its program, a shell's script, and a number where names repeat. */
import type { Capture, Process } from './processes.ts';

const SHELLS = new Set(['sh', 'dash', 'bash', 'ksh', 'zsh']);

/** A name a thread, all different: `ls`, `sort`, `sort#2`, and `node/2` for a second thread. */
export function nameThreads({ processes }: Capture): string[] {
  const counts = new Map<string, number>();
  const names: string[] = [];
  for (const process of processes) {
    const program = programOf(process, processes);
    const count = (counts.get(program) ?? 0) + 1;
    counts.set(program, count);
    const name = count === 1 ? program : `${program}#${count}`;
    for (let i = 0; i < process.threads.length; i++) {
      names.push(i === 0 ? name : `${name}/${i + 1}`);
    }
  }
  return names;
}

/** Of the last program it ran; of the parent's, when it ran none of its own. */
function programOf(process: Process, processes: readonly Process[]): string {
  const image = process.images.at(-1);
  if (image === undefined) {
    const parent = processes.findLast(
      ({ pid, bornStamp }) => pid === process.parentPid && bornStamp < process.bornStamp,
    );
    return parent === undefined ? 'process' : programOf(parent, processes);
  }
  const program = baseName(image.path);
  const script = image.command.split(' ')[1];
  return SHELLS.has(program) && script !== undefined && !script.startsWith('-')
    ? baseName(script)
    : program;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}
