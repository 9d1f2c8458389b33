import { inject, injectable } from 'tsyringe';
import { runSpecHook } from '../../../core/build/spec-hook.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import type { LanguagePack } from '../../../core/contracts/language-pack.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { BUILD_PLAN, PARSED_SPEC } from '../../../core/pipeline/results.js';
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
    const script = context.get(PARSED_SPEC).spec.hooks.preInstall;
    const packs = context.get(BUILD_PLAN).packs.map((part) => part.pack);
    const hintFor = (stderr: string) => missingLanguageHint(stderr, packs);
    await runSpecHook(context, { name: 'pre-install', script, hintFor }, this.ids, this.paths);
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
