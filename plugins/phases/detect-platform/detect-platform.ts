import { injectAll, injectable } from 'tsyringe';
import { detectPlatform } from '../../../core/build/detect-platform.js';
import type { Phase } from '../../../core/contracts/phase.js';
import { PLATFORM, type PlatformAdapter } from '../../../core/contracts/platform-adapter.js';
import { platformMismatch } from '../../../core/errors/errors.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { DETECTED_PLATFORM, PARSED_SPEC } from '../../../core/pipeline/results.js';
import { coversPlatform } from '../../../core/spec/platform-names.js';

@injectable()
export class DetectPlatform implements Phase {
  readonly number = 2;
  readonly id = 'detect-platform';
  readonly title = 'Detect Platform';
  readonly description = 'Identify operating system, architecture and package manager';

  constructor(@injectAll(PLATFORM) private readonly platforms: readonly PlatformAdapter[]) {}

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    const platform = await detectPlatform(this.platforms);
    const { info } = platform;
    if (spec.platforms.length > 0 && !spec.platforms.some((name) => coversPlatform(name, info.id)))
      throw platformMismatch(info.id, spec.platforms);
    context.set(DETECTED_PLATFORM, platform);
    context.progress(`${info.id} (${info.release}), ${info.packageManager}`);
  }
}
