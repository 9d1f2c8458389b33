import { injectAll, injectable } from 'tsyringe';
import type { Phase } from '../../../core/contracts/phase.js';
import { PLATFORM, type PlatformAdapter } from '../../../core/contracts/platform-adapter.js';
import { hostUnfit, platformMismatch } from '../../../core/errors/errors.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { DETECTED_PLATFORM, PARSED_SPEC } from '../../../core/pipeline/results.js';
import { isSamePlatform } from '../../../core/spec/platform-names.js';

@injectable()
export class DetectPlatform implements Phase {
  readonly number = 2;
  readonly id = 'detect-platform';
  readonly title = 'Detect Platform';
  readonly description = 'Identify operating system, architecture and package manager';

  constructor(@injectAll(PLATFORM) private readonly platforms: readonly PlatformAdapter[]) {}

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    for (const adapter of this.platforms) {
      const info = await adapter.detect();
      if (!info) continue;
      if (spec.platforms.length > 0 && !spec.platforms.some((name) => isSamePlatform(name, info.id)))
        throw platformMismatch(info.id, spec.platforms);
      context.set(DETECTED_PLATFORM, { info, adapter });
      context.progress(`${info.id} (${info.release}), ${info.packageManager}`);
      return;
    }
    throw hostUnfit(
      'this host is of no platform family that joblet knows',
      `known families: ${this.platforms.map((adapter) => adapter.family).join(', ')}`,
    );
  }
}
