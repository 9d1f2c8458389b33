import { copyFileSync, existsSync, lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import picomatch from 'picomatch';

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';
const MAX_HOPS = 40;

/** A copy of a runtime's root, as hard links, in which files can be removed and replaced; the changes say how many they were. */
export class BrokenRoot {
  private constructor(
    readonly dir: string,
    private readonly home: string,
    private readonly searchPath: readonly string[],
  ) {}

  /** `searchPath`: the PATH of jobs, where programs are looked for. */
  static async copy(rootPath: string, workDir: string, searchPath = DEFAULT_PATH): Promise<BrokenRoot> {
    const home = await mkdtemp(path.join(workDir, 'broken-'));
    await execa('cp', ['--archive', '--link', '--', rootPath, path.join(home, 'isolated')]);
    return new BrokenRoot(path.join(home, 'isolated'), home, searchPath.split(':'));
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }

  removeProgram(name: string): number {
    const program = this.#findProgram(name);
    if (program === undefined) return 0;
    rmSync(program);
    return 1;
  }

  /** `true` takes its place. */
  disableProgram(name: string): number {
    const program = this.#findProgram(name);
    const idle = this.#findProgram('true');
    if (program === undefined || idle === undefined) return 0;
    if (program === idle) return 1;
    // A file of its own: the one that was there is linked to the runtime's.
    rmSync(program);
    copyFileSync(idle, program);
    return 1;
  }

  removeFiles(paths: ReadonlySet<string>): number {
    return this.#removeWhere((rootPath) => paths.has(rootPath));
  }

  removeMatching(globs: readonly string[]): number {
    return this.#removeWhere(picomatch([...globs], { dot: true }));
  }

  #removeWhere(isRemoved: (rootPath: string) => boolean): number {
    let count = 0;
    const walk = (at: string) => {
      for (const entry of readdirSync(path.join(this.dir, at), { withFileTypes: true })) {
        const rootPath = path.posix.join(at, entry.name);
        if (entry.isDirectory()) walk(rootPath);
        else if (isRemoved(rootPath)) {
          rmSync(path.join(this.dir, rootPath));
          count++;
        }
      }
    };
    walk('/');
    return count;
  }

  /** The host's path of the file that the name leads to, links followed inside the root. */
  #findProgram(name: string): string | undefined {
    const candidates = name.includes('/') ? [name] : this.searchPath.map((dir) => path.posix.join(dir, name));
    for (const candidate of candidates) {
      const found = this.#follow(candidate, MAX_HOPS);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #follow(rootPath: string, hops: number): string | undefined {
    if (hops === 0) return undefined;
    let at = '/';
    const parts = rootPath.split('/').filter((part) => part !== '');
    for (const [index, part] of parts.entries()) {
      at = path.posix.join(at, part);
      const hostPath = path.join(this.dir, at);
      const stat = lstatSync(hostPath, { throwIfNoEntry: false });
      if (stat === undefined) return undefined;
      if (stat.isSymbolicLink()) {
        const target = path.posix.resolve(path.posix.dirname(at), readlinkSync(hostPath));
        return this.#follow(path.posix.join(target, ...parts.slice(index + 1)), hops - 1);
      }
    }
    const hostPath = path.join(this.dir, at);
    return existsSync(hostPath) && lstatSync(hostPath).isFile() ? hostPath : undefined;
  }
}
