import { existsSync } from 'node:fs';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import type { Phase } from '../../../core/contracts/phase.js';
import { STORE_ROOT } from '../../../core/contracts/store-root.js';
import { insufficientDiskSpace } from '../../../core/errors/errors.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { freeDiskSpace } from './free-disk-space.js';

const NEEDED_MB = 1024;

@injectable()
export class CheckDiskSpace implements Phase {
  readonly number = 3;
  readonly id = 'check-disk-space';
  readonly title = 'Check Disk Space';
  readonly description = 'Ensure sufficient disk space (1 GB minimum)';

  constructor(@inject(STORE_ROOT) private readonly root: string) {}

  async run(context: BuildContext): Promise<void> {
    const at = nearestExisting(this.root);
    const availableMb = Math.floor((await freeDiskSpace(at)) / (1024 * 1024));
    if (availableMb < NEEDED_MB) throw insufficientDiskSpace(availableMb, NEEDED_MB, this.root);
    context.progress(`${availableMb} MB available`);
  }
}

function nearestExisting(dir: string): string {
  return existsSync(dir) ? dir : nearestExisting(path.dirname(dir));
}
