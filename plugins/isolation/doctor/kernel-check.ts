import { inject, injectable } from 'tsyringe';
import type { HostCheck, HostFinding } from '../../../core/contracts/host-check.js';
import { HOST_VIEW, type HostView } from './host-view.js';

/** What joblet needs of the kernel and of its caller. */
@injectable()
export class KernelCheck implements HostCheck {
  readonly id = 'kernel';

  constructor(@inject(HOST_VIEW) private readonly host: HostView) {}

  async examine(): Promise<readonly HostFinding[]> {
    return [
      this.root(),
      this.userNamespaces(),
      this.systemCallFilter(),
      await this.fileSystem('overlay', 'missing', 'roots of builds are overlays'),
      await this.workDisks(),
      this.idMappedMounts(),
      this.terminalInjection(),
    ];
  }

  private root(): HostFinding {
    const subject = 'privileges';
    if (this.host.userId === 0) return { subject, status: 'ok', found: 'root' };
    return { subject, status: 'missing', found: `user ${this.host.userId}`, advice: 'run rnx as root, with sudo' };
  }

  private userNamespaces(): HostFinding {
    const subject = 'user namespaces';
    const most = Number(this.host.read('/proc/sys/user/max_user_namespaces') ?? '0');
    if (most > 0) return { subject, status: 'ok', found: `up to ${most}` };
    return {
      subject,
      status: 'missing',
      found: 'none are allowed',
      advice: 'sysctl -w user.max_user_namespaces=10000; a kernel without CONFIG_USER_NS has to be replaced',
    };
  }

  private systemCallFilter(): HostFinding {
    const subject = 'system call filter';
    const actions = this.host.read('/proc/sys/kernel/seccomp/actions_avail') ?? '';
    if (actions.split(/\s+/).includes('errno')) return { subject, status: 'ok', found: 'seccomp with errors' };
    return {
      subject,
      status: 'missing',
      found: 'the kernel has no seccomp filters',
      advice: 'use a kernel with CONFIG_SECCOMP_FILTER',
    };
  }

  private async fileSystem(name: string, otherwise: 'missing' | 'limited', why: string): Promise<HostFinding> {
    const known = new RegExp(`\\b${name}$`, 'm').test(this.host.read('/proc/filesystems') ?? '');
    if (known) return { subject: name, status: 'ok', found: 'in the kernel' };
    const modprobe = this.host.program('modprobe');
    if (modprobe !== undefined && (await this.host.run(modprobe, ['--dry-run', name])) !== undefined) {
      return { subject: name, status: 'ok', found: 'a module that is loaded when it is needed' };
    }
    return { subject: name, status: otherwise, found: `no ${name}: ${why}`, advice: `use a kernel with ${name}` };
  }

  private async workDisks(): Promise<HostFinding> {
    const subject = 'disks of a size';
    const ext4 = await this.fileSystem('ext4', 'limited', '');
    const lacks = [
      this.host.exists('/dev/loop-control') ? '' : '/dev/loop-control (modprobe loop)',
      ext4.status === 'ok' ? '' : 'ext4 in the kernel',
      this.host.program('mkfs.ext4') === undefined ? 'mkfs.ext4 (package e2fsprogs)' : '',
    ].filter(Boolean);
    if (lacks.length === 0) return { subject, status: 'ok', found: 'loop devices with ext4' };
    return {
      subject,
      status: 'limited',
      found: `--max-disk and volumes cannot be enforced: no ${lacks.map((lack) => lack.split(' (')[0]).join(', ')}`,
      advice: `provide ${lacks.join(', ')}`,
    };
  }

  private idMappedMounts(): HostFinding {
    const subject = 'id-mapped mounts';
    const [major = 0, minor = 0] = (this.host.read('/proc/sys/kernel/osrelease') ?? '')
      .split('.')
      .map(Number.parseFloat);
    if (major > 5 || (major === 5 && minor >= 12)) return { subject, status: 'ok', found: 'in the kernel' };
    return {
      subject,
      status: 'limited',
      found: `Linux ${major}.${minor} has none: every job's files need owners of their own`,
      advice: 'use Linux 5.12 or later',
    };
  }

  private terminalInjection(): HostFinding {
    const subject = 'terminal injection';
    const setting = this.host.read('/proc/sys/dev/tty/legacy_tiocsti')?.trim();
    const found =
      setting === '0' ? 'switched off in the kernel' : 'the kernel allows TIOCSTI; jobs have no terminal and a filter';
    return { subject, status: 'ok', found };
  }
}
