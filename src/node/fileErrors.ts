/** What the operating system says about a file, as one line for its user. */
import { EnvironmentError, InputError } from '../support/assert.ts';

/** What is wrong with the path, by error number: the user can mend it. */
const WRONG_PATH: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOENT: ['does not exist', 'check the path; folders are not made'],
  ENOTDIR: ['is inside something that is no folder', 'check the path'],
  EISDIR: ['is a folder', 'name a file'],
  EACCES: ['may not be opened', 'check the permissions of the file and its folder'],
  EPERM: ['may not be opened', 'check the permissions of the file and its folder'],
  EROFS: ['is on a read-only file system', 'choose another place'],
  ENAMETOOLONG: ['has too long a name', 'choose a shorter one'],
  ELOOP: ['is a link that leads back to itself', 'name the file itself'],
  ENXIO: ['is not a file that can be opened', 'name a file'],
};

/** What failed around it: nothing is wrong with what the user gave. */
const FAILED: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ['does not fit: no space is left on the device', 'free some space, or choose another'],
  EDQUOT: ['does not fit: the disk quota is used up', 'free some space, or choose another place'],
  EFBIG: ['is too large for its file system', 'choose another place'],
  EIO: ['cannot be read or written: the device reports an error', 'check the device'],
  EMFILE: ['cannot be opened: too many files are open', 'raise the limit: ulimit -n'],
  ENFILE: ['cannot be opened: too many files are open on this machine', 'try again later'],
  EPIPE: ['cannot be written: its reader has gone', 'let the reader read to the end'],
};

/** `error` in the name of `path` when it is one of files; otherwise `error` itself. */
export function fileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (Object.hasOwn(WRONG_PATH, code)) {
    const [what, hint] = WRONG_PATH[code];
    return new InputError(`${path} ${what}.`, hint);
  }
  if (Object.hasOwn(FAILED, code)) {
    const [what, hint] = FAILED[code];
    return new EnvironmentError(`${path} ${what}.`, hint);
  }
  return error;
}
