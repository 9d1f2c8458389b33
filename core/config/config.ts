import type { NetworkMode } from '../contracts/isolator.js';

/** Amounts of the limits that a job may have. An absent one is not limited. */
export interface LimitSettings {
  /** Percent of one core. */
  readonly maxCpu?: number;
  readonly maxMemory?: number;
  /** Bytes per second. */
  readonly maxIobps?: number;
  readonly maxPids?: number;
  /** Of /work and /tmp together. */
  readonly maxDisk?: number;
  readonly maxInodes?: number;
  readonly maxOutput?: number;
  readonly timeoutMs?: number;
}

export type LimitName = keyof LimitSettings;

/** What the configuration file of a store says, with defaults where it says nothing. */
export interface Config {
  readonly run: {
    /** Whether `rnx job run` returns at once. */
    readonly detach: boolean;
    readonly network: NetworkMode;
  };
  /** What a job has that asks for nothing. */
  readonly defaults: LimitSettings;
  /** What no job may ask to exceed. */
  readonly ceilings: LimitSettings;
  readonly network: {
    /** Whether a job may use the host's network. */
    readonly allowHost: boolean;
  };
  readonly jobs: {
    /** Of one job's log. */
    readonly logBytes: number;
    /** Ended jobs are kept for this long by `rnx system prune`. */
    readonly retentionMs: number;
  };
  /** Where languages come from. */
  readonly toolchains: {
    /** Ids of the sources to ask, in this order. @default all, in their own order */
    readonly sources?: readonly string[];
    /** Another address, by what is there: `ubuntu`, `go`, `node`, `java`, `rust`, `python`, `mirror`. */
    readonly addresses: Readonly<Record<string, string>>;
    /** Files of public keys, by whose they are: `ubuntu`, `node`, … */
    readonly keyrings: Readonly<Record<string, string>>;
  };
  readonly plugins: {
    /** Whether `rnx` loads plugins from the directory in which it is started. */
    readonly project: boolean;
  };
}

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;

/** One core, 512 MB and an hour are what the Joblet world expects of a job that asks nothing. */
export const DEFAULT_CONFIG: Config = {
  run: { detach: false, network: 'none' },
  defaults: {
    maxCpu: 100,
    maxMemory: 512 * MIB,
    maxPids: 512,
    maxDisk: 1024 * MIB,
    maxInodes: 65_536,
    timeoutMs: HOUR_MS,
  },
  ceilings: {},
  network: { allowHost: false },
  jobs: { logBytes: 128 * MIB, retentionMs: 7 * 24 * HOUR_MS },
  toolchains: { addresses: {}, keyrings: {} },
  plugins: { project: true },
};
