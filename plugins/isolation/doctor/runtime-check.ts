import { inject, injectable } from 'tsyringe';
import type { HostCheck, HostFinding } from '../../../core/contracts/host-check.js';
import { HOST_VIEW, type HostView } from './host-view.js';
import { holesOf, parseVersion } from './runtime-holes.js';

/** The OCI runtime: which, and which of its known holes a job could reach. */
@injectable()
export class RuntimeCheck implements HostCheck {
  readonly id = 'runtime';

  constructor(@inject(HOST_VIEW) private readonly host: HostView) {}

  async examine(): Promise<readonly HostFinding[]> {
    const subject = 'OCI runtime';
    for (const name of ['crun', 'runc'] as const) {
      const path = this.host.program(name);
      if (path === undefined) continue;
      const version = parseVersion((await this.host.run(path, ['--version'])) ?? '');
      if (version === undefined) {
        return [
          { subject, status: 'limited', found: `${path} does not say its version`, advice: `install ${name} anew` },
        ];
      }
      const revision = await this.packageRevision(path, name);
      const shown = `${name} ${version.join('.')}${revision === undefined ? '' : ` (package ${revision})`}`;
      const holes = holesOf(name, version, revision);
      if (holes.length > 0) {
        return [
          {
            subject,
            status: 'limited',
            found: `${shown}: ${holes.map(({ id }) => id).join(', ')}`,
            advice: holes.map(({ advice }) => advice).join('; '),
          },
        ];
      }
      if (name === 'crun') return [{ subject, status: 'ok', found: shown }];
      const found = `${shown}: jobs start slower, and 32-bit programs are killed`;
      return [{ subject, status: 'limited', found, advice: 'install crun' }];
    }
    return [
      {
        subject,
        status: 'missing',
        found: 'neither crun nor runc',
        advice: 'apt-get install crun, or dnf install crun',
      },
    ];
  }

  /** Distributions mend old versions: their package says more than the program. Undefined where it is not from a Debian package. */
  private async packageRevision(path: string, name: string): Promise<string | undefined> {
    const query = this.host.program('dpkg-query');
    if (query === undefined || !/^(\/usr)?\/s?bin\//.test(path)) return undefined;
    const status = await this.host.run(query, ['--status', name]);
    return /^Version: (.+)$/m.exec(status ?? '')?.[1];
  }
}
