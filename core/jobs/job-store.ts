import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { createDirectoryFailed, jobNotFound } from '../errors/errors.js';
import { makeDirectory, StorePaths } from '../store/store-paths.js';
import type { JobRecord } from './job-record.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Fewer characters of an ID name no job: what is unique today need not be tomorrow. */
const MIN_PREFIX = 8;
const RECORD = 'record.json';

/** Files of one job. */
export interface JobFiles {
  readonly dir: string;
  readonly log: string;
  /** Of a detached job: its monitor's. */
  readonly monitor: string;
  /** There once somebody stops the job. */
  readonly stopMark: string;
}

/** Records of jobs, each in a directory of its own that only root can enter. */
@injectable()
export class JobStore {
  constructor(@inject(StorePaths) private readonly paths: StorePaths) {}

  files(id: string): JobFiles {
    const dir = path.join(this.paths.jobs, id);
    return { dir, log: path.join(dir, 'log'), monitor: path.join(dir, 'monitor'), stopMark: path.join(dir, 'stop') };
  }

  /** Makes a job's directory. Throws E_CREATE_DIRECTORY. */
  async create(id: string): Promise<JobFiles> {
    const files = this.files(id);
    try {
      mkdirSync(files.dir, { mode: 0o700 });
    } catch (cause) {
      if (!isMissing(cause)) throw createDirectoryFailed(files.dir, cause);
      await makeDirectory(this.paths.jobs);
      mkdirSync(files.dir, { mode: 0o700 });
    }
    return files;
  }

  /** In one step: a reader finds the old record or the new one. Synchronous: it is small, and on the way of every job. */
  write(record: JobRecord): void {
    const { dir } = this.files(record.id);
    const draft = path.join(dir, `${RECORD}.${process.pid}`);
    const fd = openSync(draft, 'w', 0o600);
    try {
      writeSync(fd, JSON.stringify(record));
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path.join(dir, RECORD));
  }

  /** Undefined when there is no such job. A record that a crash of the host has cut says that its job is lost. */
  read(id: string): JobRecord | undefined {
    const file = path.join(this.files(id).dir, RECORD);
    try {
      const record: JobRecord = JSON.parse(readFileSync(file, 'utf8'));
      return record;
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (error instanceof SyntaxError) return lostRecord(id);
      throw error;
    }
  }

  /** Newest last. */
  async list(): Promise<readonly JobRecord[]> {
    const records = (await this.ids()).map((id) => this.read(id)).filter((record) => record !== undefined);
    return records.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0));
  }

  /** The job of an ID, or of the first characters of one. Throws E_JOB_NOT_FOUND. */
  async find(reference: string): Promise<JobRecord> {
    const whole = ID.test(reference) ? this.read(reference) : undefined;
    if (whole !== undefined) return whole;
    if (reference.length < MIN_PREFIX) {
      throw jobNotFound(
        reference,
        `give at least the first ${MIN_PREFIX} characters of the ID; rnx job list shows them`,
      );
    }
    const matching = (await this.ids()).filter((id) => id.startsWith(reference.toLowerCase()));
    const [id, second] = matching;
    if (second !== undefined) throw jobNotFound(reference, `${matching.length} IDs begin so; give more of it`);
    const record = id === undefined ? undefined : this.read(id);
    if (record !== undefined) return record;
    throw jobNotFound(reference, 'rnx job list shows the jobs');
  }

  /** From here on, the end of the job is the one of a job that was stopped. */
  markStopped(id: string): void {
    writeFileSync(this.files(id).stopMark, '');
  }

  isStopped(id: string): boolean {
    return existsSync(this.files(id).stopMark);
  }

  /** Takes the job out of every list first: what is half removed is no job. */
  async remove(id: string): Promise<void> {
    const { dir } = this.files(id);
    const aside = path.join(this.paths.jobs, `.removed-${id}`);
    await rename(dir, aside).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    await rm(aside, { recursive: true, force: true });
  }

  /** What a killed `remove` has left, and directories that never got a record: whoever made them died first. */
  async sweep(): Promise<void> {
    for (const name of await this.entries()) {
      const dir = path.join(this.paths.jobs, name);
      const orphan = ID.test(name) && this.read(name) === undefined && (await isOld(dir));
      if (orphan || name.startsWith('.removed-')) await rm(dir, { recursive: true, force: true });
    }
  }

  private async ids(): Promise<readonly string[]> {
    return (await this.entries()).filter((name) => ID.test(name));
  }

  private entries(): Promise<string[]> {
    return readdir(this.paths.jobs).catch(() => []);
  }
}

function lostRecord(id: string): JobRecord {
  return {
    id,
    state: 'FAILED',
    command: '',
    args: [],
    environment: {},
    limits: {},
    network: 'none',
    workdir: '/work',
    detached: false,
    createdAt: '',
    exitCode: -1,
    reason: 'lost',
    error: 'its record was lost in a crash of the host',
  };
}

/** A job that begins has its record within milliseconds. */
async function isOld(dir: string): Promise<boolean> {
  const { mtimeMs } = await stat(dir).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  return Date.now() - mtimeMs > 60_000;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
