import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core/config';
import type { BaseCommand } from '../base-command.js';
import type { EngineOptions } from '../engine.js';
import type { Surroundings } from '../surroundings.js';
import { FakeBuilder } from './fake-builder.js';
import { FakeJobs } from './fake-jobs.js';

type CommandClass = new (argv: string[], config: Config, around: Surroundings) => BaseCommand;

/** A stream that keeps what it gets. */
export class Captured extends Writable {
  text = '';
  readonly columns = 80;

  constructor(readonly isTTY = false) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
  readonly opened: readonly EngineOptions[];
}

export interface RunSettings {
  readonly env?: Record<string, string>;
  readonly builder?: FakeBuilder;
  readonly jobs?: FakeJobs;
  readonly signals?: EventEmitter;
  readonly terminal?: boolean;
}

let config: Promise<Config> | undefined;

/** Runs a command's class with streams, signals and an engine of the test's own. */
export async function runCommand(command: CommandClass, argv: string[], settings: RunSettings = {}): Promise<Ran> {
  config ??= Config.load(fileURLToPath(new URL('../..', import.meta.url)));
  const stdout = new Captured(settings.terminal);
  const stderr = new Captured(settings.terminal);
  const opened: EngineOptions[] = [];
  let status = 0;
  const around: Surroundings = {
    env: settings.env ?? {},
    stdout,
    stderr,
    stdin: () => Readable.from([]),
    signals: settings.signals ?? new EventEmitter(),
    openBuilder: async (options) => {
      opened.push(options);
      return settings.builder ?? new FakeBuilder();
    },
    openJobs: async (options) => {
      opened.push(options);
      return settings.jobs ?? settings.builder?.jobs ?? new FakeJobs();
    },
    program: ['/usr/bin/node', '/opt/rnx.js'],
    setExitStatus: (value) => {
      status = value;
    },
  };
  await new command(argv, await config, around).execute();
  return { stdout: stdout.text, stderr: stderr.text, status, opened };
}
