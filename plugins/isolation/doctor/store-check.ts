import { inject, injectable } from 'tsyringe';
import type { HostCheck, HostFinding } from '../../../core/contracts/host-check.js';
import { STORE_ROOT } from '../../../core/contracts/store-root.js';
import { HOST_VIEW, type HostView } from './host-view.js';

/** What a build asks for at the least, and room for a runtime or two. */
const ENOUGH_BYTES = 2 * 1024 ** 3;

/** Space where the store is, or will be. */
@injectable()
export class StoreCheck implements HostCheck {
  readonly id = 'store';

  constructor(
    @inject(HOST_VIEW) private readonly host: HostView,
    @inject(STORE_ROOT) private readonly root: string,
  ) {}

  async examine(): Promise<readonly HostFinding[]> {
    const free = this.host.freeBytes(this.root);
    const found = `${(free / 1024 ** 3).toFixed(1)} GB free for ${this.root}`;
    if (free >= ENOUGH_BYTES) return [{ subject: 'disk space', status: 'ok', found }];
    return [
      {
        subject: 'disk space',
        status: 'limited',
        found,
        advice: 'free some, or move the store with --root or JOBLET_ROOT; a runtime takes 0.2 to 1 GB',
      },
    ];
  }
}
