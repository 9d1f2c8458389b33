import { inject, injectable } from 'tsyringe';
import { runHook } from '../../../core/build/hook.js';
import { hookAccess } from '../../../core/build/hook-access.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import type { LanguagePack } from '../../../core/contracts/language-pack.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { HOOK_NONCE } from '../../../core/pipeline/hook-nonce.js';
import { BUILD_PLAN, DETECTED_PLATFORM, PARSED_SPEC } from '../../../core/pipeline/results.js';
import { BUILD_ROOT } from '../../../core/pipeline/root-results.js';
import { StorePaths } from '../../../core/store/store-paths.js';

@injectable()
export class PreInstallHook implements Phase {
  readonly number = 6;
  readonly id = 'pre-install-hook';
  readonly title = 'Pre-install Hook';
  readonly description = 'Run the pre-install script (if defined), before the base language is there';

  constructor(
    @inject(ID_MAP) private readonly ids: IdMap,
    @inject(StorePaths) private readonly paths: StorePaths,
  ) {}

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    const script = spec.hooks.preInstall;
    if (script === undefined) return context.progress('none defined');
    const packs = context.get(BUILD_PLAN).packs.map((part) => part.pack);
    await runHook(
      context.get(BUILD_ROOT),
      {
        name: 'pre-install',
        script,
        spec,
        platform: context.get(DETECTED_PLATFORM).info,
        ids: this.ids,
        nonce: context.find(HOOK_NONCE) ?? null,
        access: () => hookAccess(context, this.paths),
        hintFor: (stderr) => missingLanguageHint(stderr, packs) ?? 'its output is above; run with -v to see all of it',
      },
      context,
    );
  }
}

/** "bash: line 1: python3.11: command not found", "sh: 1: pip: not found", "/usr/bin/env: 'python3': No such file". */
const MISSING_COMMAND = /(?:^|[\s:'‘"/])([\w.+-]+)['’"]?: (?:command not found|not found|No such file or directory)/gm;

function missingLanguageHint(stderr: string, packs: readonly LanguagePack[]): string | undefined {
  for (const [, command = ''] of stderr.matchAll(MISSING_COMMAND)) {
    const pack = packs.find(({ programs = [] }) => programs.some((prefix) => command.startsWith(prefix)));
    if (pack) {
      return `${command} is not there yet: pre_install runs before the base language is installed; move what needs ${pack.title} to post_install`;
    }
  }
  return undefined;
}
