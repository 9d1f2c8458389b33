import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { token } from '../../../core/contracts/token.js';

/** All that the checks see of the host; they change nothing. */
export interface HostView {
  /** Undefined where there is no such file. */
  read(path: string): string | undefined;
  exists(path: string): boolean;
  /** Absolute path of a program. */
  program(name: string): string | undefined;
  /** Standard output of a program that ended with 0. */
  run(program: string, args: readonly string[]): Promise<string | undefined>;
  /** Of the file system that a path is, or would be, on. */
  freeBytes(path: string): number;
  readonly userId: number;
}

export const HOST_VIEW = token<HostView>('host-view');

/** The caller's PATH may be short: cron's, a unit's. */
const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

export class SystemHostView implements HostView {
  readonly userId = process.geteuid?.() ?? -1;

  read(file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return undefined;
    }
  }

  exists(file: string): boolean {
    return existsSync(file);
  }

  program(name: string): string | undefined {
    return DIRECTORIES.map((directory) => `${directory}/${name}`).find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  }

  async run(program: string, args: readonly string[]): Promise<string | undefined> {
    const env = { PATH: DIRECTORIES.join(':'), LC_ALL: 'C.UTF-8' };
    const result = await execa(program, args, {
      reject: false,
      cwd: '/',
      env,
      extendEnv: false,
      stdin: 'ignore',
      timeout: 10_000,
    });
    return result.exitCode === 0 ? result.stdout : undefined;
  }

  freeBytes(file: string): number {
    let at = file;
    while (!existsSync(at)) at = path.dirname(at);
    const { bavail, bsize } = statfsSync(at);
    return bavail * bsize;
  }
}
