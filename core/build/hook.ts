import { chmod, chown, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { NetworkAccess } from '../contracts/host-network.js';
import type { IdMap } from '../contracts/id-map.js';
import type { Json } from '../contracts/language-pack.js';
import type { BuildServices, PlatformInfo } from '../contracts/platform-adapter.js';
import { diskFull, hookFailed, hookTimedOut } from '../errors/errors.js';
import type { RuntimeSpec } from '../spec/runtime-spec.js';
import type { BuildRoot, LayerDraft } from './build-root.js';

export type HookName = 'pre-install' | 'post-install';

export interface HookRun {
  readonly name: HookName;
  readonly script: string;
  readonly spec: RuntimeSpec;
  readonly platform: PlatformInfo;
  readonly ids: IdMap;
  /** Anything: a hook runs again when it changes (`--force`). */
  readonly nonce: string | null;
  /** What the package manager and the packs' tools need to reach the host's indexes. */
  access(): Promise<readonly NetworkAccess[]>;
  /** What to tell a user whose hook failed, from its last output. */
  hintFor(stderrTail: string): string;
}

/** Where RUNTIME_DIR is while a hook runs: its `isolated` is the build root itself. */
const RUNTIME_DIR = '/tmp/joblet-runtime';
const SCRIPT = '/tmp/joblet-hook.sh';

/** Runs a hook of the spec in the build root, as a layer. */
export async function runHook(root: BuildRoot, hook: HookRun, services: BuildServices): Promise<void> {
  const env = hookEnvironment(hook.spec, hook.platform);
  const { cached } = await root.extend(
    { id: `${hook.name}-hook`, inputs: [hook.script, env, hook.nonce], build: (draft) => runScript(draft, hook, env) },
    services,
  );
  if (cached) services.progress('unchanged, its result is in the cache');
}

async function runScript({ runner, tmpDir }: LayerDraft, hook: HookRun, env: Record<string, string>): Promise<Json> {
  await placeForRoot(path.join(tmpDir, path.basename(SCRIPT)), hook.script, hook.ids);
  await symlink('/', path.join(tmpDir, 'isolated'));
  await symlink('.', path.join(tmpDir, path.basename(RUNTIME_DIR)));
  const access = await hook.access();
  const { timeoutMs, timeout } = hook.spec.hooks;
  const result = await runner.run({
    // The shell is chosen inside: which one there is, only the root knows.
    args: [
      'sh',
      '-c',
      'if command -v bash >/dev/null; then exec bash -e "$1"; else exec sh -e "$1"; fi',
      'hook',
      SCRIPT,
    ],
    env: Object.assign({}, ...access.map((one) => one.env), env),
    binds: access.flatMap((one) => one.binds),
    secrets: access.flatMap((one) => one.secrets),
    cwd: env['ISOLATED_DIR'] ?? '/',
    network: true,
    streamOnly: true,
    timeoutMs,
  });
  if (result.timedOut) throw hookTimedOut(hook.name, timeout);
  if (result.status !== 0) {
    if (/No space left on device/.test(result.stderrTail)) throw diskFull(result.stderrTail);
    throw hookFailed(hook.name, result.status, hook.hintFor(result.stderrTail), result.stderrTail);
  }
  return null;
}

/** The script goes in as a file: on a command line it would be in the process list. */
async function placeForRoot(file: string, content: string, ids: IdMap): Promise<void> {
  await writeFile(file, content);
  await chown(file, ids.hostStart, ids.hostStart);
  await chmod(file, 0o600);
}

/** What hooks of the Joblet world rely on, and the language beside it. */
export function hookEnvironment(spec: RuntimeSpec, platform: PlatformInfo): Record<string, string> {
  return {
    RUNTIME_DIR,
    ISOLATED_DIR: '/',
    RUNTIME_NAME: spec.name,
    RUNTIME_VERSION: spec.version,
    RUNTIME_LANGUAGE: spec.base.language,
    RUNTIME_LANGUAGE_VERSION: spec.base.version,
    PLATFORM: platform.id,
    ARCHITECTURE: platform.architecture,
    PKG_MANAGER: platform.packageManager,
    DEBIAN_FRONTEND: 'noninteractive',
  };
}
