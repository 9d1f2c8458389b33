import { inject, injectable } from 'tsyringe';
import type { HostCheck, HostFinding, HostFindingStatus } from '../../../core/contracts/host-check.js';
import { HOST_VIEW, type HostView } from './host-view.js';

interface Need {
  readonly subject: string;
  /** One of these is enough. */
  readonly programs: readonly string[];
  readonly without: string;
  readonly status: Exclude<HostFindingStatus, 'ok'>;
  readonly advice: string;
}

const NEEDS: readonly Need[] = [
  {
    subject: 'init',
    programs: ['tini-static', 'docker-init'],
    without: 'no static init for process 1 of a job',
    status: 'missing',
    advice: 'apt-get install tini, or dnf install tini-static',
  },
  ...['unshare', 'setpriv', 'mount', 'sh', 'tar'].map(
    (program): Need => ({
      subject: program,
      programs: [program],
      without: `no ${program}`,
      status: 'missing',
      advice: program === 'tar' ? 'install tar' : 'install util-linux, mount and a shell',
    }),
  ),
  {
    subject: 'detached jobs',
    programs: ['conmon'],
    without: 'no conmon: rnx job run -d is refused',
    status: 'limited',
    advice: 'apt-get install conmon, or dnf install conmon',
  },
  {
    subject: 'builds for Debian and Ubuntu',
    programs: ['mmdebstrap'],
    without: 'no mmdebstrap: rnx runtime build is refused',
    status: 'limited',
    advice: 'apt-get install mmdebstrap',
  },
];

/** The programs of the host that joblet runs. */
@injectable()
export class ProgramsCheck implements HostCheck {
  readonly id = 'programs';

  constructor(@inject(HOST_VIEW) private readonly host: HostView) {}

  async examine(): Promise<readonly HostFinding[]> {
    return [...NEEDS.map((need) => this.look(need)), this.isolatedNetwork()];
  }

  private look({ subject, programs, without, status, advice }: Need): HostFinding {
    const path = programs.map((name) => this.host.program(name)).find((found) => found !== undefined);
    return path === undefined ? { subject, status, found: without, advice } : { subject, status: 'ok', found: path };
  }

  private isolatedNetwork(): HostFinding {
    const subject = 'isolated network';
    const lacks = [
      ...['slirp4netns', 'ip'].filter((name) => this.host.program(name) === undefined),
      ...['/dev/net/tun'].filter((path) => !this.host.exists(path)),
    ];
    if (lacks.length === 0) return { subject, status: 'ok', found: 'slirp4netns' };
    return {
      subject,
      status: 'limited',
      found: `no ${lacks.join(', ')}: jobs with --network isolated are refused`,
      advice: 'install slirp4netns and iproute2; for /dev/net/tun: modprobe tun',
    };
  }
}
