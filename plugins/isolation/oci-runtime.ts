import { LOG_PATH } from './launcher-script.js';

/** An OCI runtime of this host, and what it needs around it. */
export interface OciRuntime {
  readonly kind: 'crun' | 'runc';
  readonly path: string;
}

interface Surroundings {
  /**
   * Where the launcher mounts its private tmpfs, in its own mount namespace only: a directory that every Linux has, and
   * that ids of a user namespace can search, wherever the store is.
   */
  readonly privateDirectory: string;
  /** Steps of the launcher before the root's. */
  readonly steps: readonly string[];
  readonly options: readonly string[];
}

/**
 * No control group is made: there is no limit to enforce, and one would outlive a killed caller. crun is told so, and is
 * kept from looking at the host's groups, since it refuses a hybrid layout whose v2 side has controllers. runc has no
 * such option; it does without a group where it finds version 2, no limits, and no permission to make one.
 */
const SURROUNDINGS: Readonly<Record<OciRuntime['kind'], Surroundings>> = {
  crun: { privateDirectory: '/sys/fs/cgroup', steps: [], options: ['--cgroup-manager=disabled'] },
  runc: {
    privateDirectory: '/sys/bus',
    steps: ['readonly-cgroup2', 'none', '/sys/fs/cgroup'],
    options: ['--rootless=true'],
  },
};

export function surroundingsOf(runtime: OciRuntime): Surroundings {
  return SURROUNDINGS[runtime.kind];
}

/** Runs the bundle in the private directory. Its id needs to be unique in the state directory only, which is private too. */
export function runCommand(runtime: OciRuntime): readonly string[] {
  const { privateDirectory, options } = surroundingsOf(runtime);
  const state = `${privateDirectory}/state`;
  const log = ['--log', LOG_PATH, '--log-format', 'json'];
  return [runtime.path, '--root', state, ...log, ...options, 'run', '--bundle', privateDirectory, 'job'];
}
