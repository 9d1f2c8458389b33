import path from 'node:path';
import { readPlainFile } from '../build/read-plain-file.js';
import { usageError } from '../errors/errors.js';

export interface JobUser {
  readonly uid: number;
  readonly gid: number;
}

/** The range of ids that a root has. */
const MAX_ID = 65_535;

/** `UID`, `UID:GID`, or a name that the root's /etc/passwd has. Throws E_USAGE. */
export function findJobUser(text: string, rootPath: string): JobUser {
  const numbers = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text);
  if (numbers !== null) {
    const uid = Number(numbers[1]);
    const gid = Number(numbers[2] ?? numbers[1]);
    if (uid <= MAX_ID && gid <= MAX_ID) return { uid, gid };
    throw usageError(`--user ${text}: ids end at ${MAX_ID}`, 'a job has ids of its own, from 0');
  }
  const entry = passwdOf(rootPath).find(([name]) => name === text);
  const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
  if (entry !== undefined && uid <= MAX_ID && gid <= MAX_ID) return { uid, gid };
  throw usageError(
    `--user ${JSON.stringify(text)}: the runtime knows no such user`,
    'write UID, UID:GID, or a name of its /etc/passwd',
  );
}

function passwdOf(rootPath: string): readonly (readonly string[])[] {
  try {
    const text = readPlainFile(path.join(rootPath, 'etc/passwd')).toString('utf8');
    return text.split('\n').map((line) => line.split(':'));
  } catch {
    return [];
  }
}
