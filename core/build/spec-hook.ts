import type { NetworkAccess } from '../contracts/host-network.js';
import type { IdMap } from '../contracts/id-map.js';
import type { BuildContext } from '../pipeline/build-context.js';
import { HOOK_NONCE } from '../pipeline/hook-nonce.js';
import { BUILD_PLAN, DETECTED_PLATFORM, PARSED_SPEC } from '../pipeline/results.js';
import { BUILD_ROOT } from '../pipeline/root-results.js';
import type { StorePaths } from '../store/store-paths.js';
import { type HookName, runHook } from './hook.js';
import { makePackServices } from './pack-services.js';

export interface SpecHook {
  readonly name: HookName;
  readonly script: string | undefined;
  /** What to tell a user whose hook failed, from its last output. @default that the output is above */
  hintFor?(stderrTail: string): string | undefined;
}

/** Runs a hook of the spec, if there is one, with all that the build's package managers need to reach the host's indexes. */
export async function runSpecHook(
  context: BuildContext,
  { name, script, hintFor }: SpecHook,
  ids: IdMap,
  paths: StorePaths,
): Promise<void> {
  if (script === undefined) return context.progress('none defined');
  const hook = {
    name,
    script,
    spec: context.get(PARSED_SPEC).spec,
    platform: context.get(DETECTED_PLATFORM).info,
    ids,
    nonce: context.find(HOOK_NONCE) ?? null,
    access: () => networkAccess(context, paths),
    hintFor: (stderrTail: string) => hintFor?.(stderrTail) ?? 'its output is above; run with -v to see all of it',
  };
  await runHook(context.get(BUILD_ROOT), hook, context);
}

async function networkAccess(context: BuildContext, paths: StorePaths): Promise<readonly NetworkAccess[]> {
  const access: NetworkAccess[] = [];
  const { adapter, info } = context.get(DETECTED_PLATFORM);
  if (adapter.hookAccess !== undefined) access.push(await adapter.hookAccess(info, context));
  for (const { pack, request } of context.get(BUILD_PLAN).packs) {
    if (pack.hookAccess !== undefined)
      access.push(await pack.hookAccess(request, await makePackServices(context, paths, pack.id)));
  }
  return access;
}
