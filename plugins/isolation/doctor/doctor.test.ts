import { describe, expect, it } from 'vitest';
import type { HostCheck } from '../../../core/contracts/host-check.js';
import { hostUnfit, limitUnenforceable } from '../../../core/errors/errors.js';
import { createBuilder } from '../../index.js';
import type { ControlGroups } from '../control-groups/control-groups.js';
import type { HostView } from './host-view.js';
import { KernelCheck } from './kernel-check.js';
import { limitFindings } from './limits-check.js';
import { ProgramsCheck } from './programs-check.js';
import { RuntimeCheck } from './runtime-check.js';
import { holesOf, parseVersion } from './runtime-holes.js';
import { StoreCheck } from './store-check.js';

interface FakeHost {
  readonly files?: Readonly<Record<string, string>>;
  readonly programs?: readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly freeBytes?: number;
  readonly userId?: number;
}

function fakeHost({ files = {}, programs = [], outputs = {}, freeBytes = 0, userId = 0 }: FakeHost): HostView {
  return {
    userId,
    read: (path) => files[path],
    exists: (path) => path in files,
    program: (name) => (programs.includes(name) ? `/usr/bin/${name}` : undefined),
    run: async (program, args) => outputs[[program.slice('/usr/bin/'.length), ...args].join(' ')],
    freeBytes: () => freeBytes,
  };
}

const statusOf = async (check: HostCheck) =>
  Object.fromEntries((await check.examine()).map(({ subject, status }) => [subject, status]));

const GOOD_KERNEL = {
  '/proc/sys/user/max_user_namespaces': '1000\n',
  '/proc/sys/kernel/seccomp/actions_avail': 'kill_process kill_thread trap errno trace log allow\n',
  '/proc/filesystems': 'nodev\ttmpfs\nnodev\toverlay\n\text4\n',
  '/proc/sys/kernel/osrelease': '6.1.0-9-amd64\n',
  '/dev/loop-control': '',
};

describe('the kernel', () => {
  it('is fine where it has all of it', async () => {
    const statuses = await statusOf(new KernelCheck(fakeHost({ files: GOOD_KERNEL, programs: ['mkfs.ext4'] })));
    expect(new Set(Object.values(statuses))).toEqual(new Set(['ok']));
  });

  it('is unfit without root, user namespaces, filters or overlays', async () => {
    const files = { '/proc/sys/user/max_user_namespaces': '0\n', '/proc/filesystems': '\text3\n' };
    expect(await statusOf(new KernelCheck(fakeHost({ files, userId: 1000 })))).toMatchObject({
      privileges: 'missing',
      'user namespaces': 'missing',
      'system call filter': 'missing',
      overlay: 'missing',
      'disks of a size': 'limited',
    });
  });

  it('takes a module that can be loaded for one that is there', async () => {
    const files = { ...GOOD_KERNEL, '/proc/filesystems': '' };
    const outputs = { 'modprobe --dry-run overlay': '' };
    const host = fakeHost({ files, programs: ['modprobe'], outputs });
    expect(await statusOf(new KernelCheck(host))).toMatchObject({ overlay: 'ok', 'disks of a size': 'limited' });
  });

  it('has id-mapped mounts from 5.12 on', async () => {
    const statusFor = async (release: string) => {
      const files = { ...GOOD_KERNEL, '/proc/sys/kernel/osrelease': release };
      return (await statusOf(new KernelCheck(fakeHost({ files }))))['id-mapped mounts'];
    };
    expect(await statusFor('5.10.0-28')).toBe('limited');
    expect(await statusFor('5.12.0')).toBe('ok');
    expect(await statusFor('6.1.0')).toBe('ok');
  });
});

describe('the OCI runtime', () => {
  it.each([
    ['crun', 'crun version 1.8.1\ncommit: x', 'ok'],
    ['crun', 'crun version 1.4.3', 'limited'],
    ['crun', 'crun version UNKNOWN', 'limited'],
    ['runc', 'runc version 1.3.3', 'limited'],
  ] as const)('%s that says %j is %s', async (name, output, status) => {
    const host = fakeHost({ programs: [name], outputs: { [`${name} --version`]: output } });
    expect(await statusOf(new RuntimeCheck(host))).toEqual({ 'OCI runtime': status });
  });

  it('is missing where there is none', async () => {
    expect(await statusOf(new RuntimeCheck(fakeHost({})))).toEqual({ 'OCI runtime': 'missing' });
  });

  it('is named with the revision of its package', async () => {
    const outputs = {
      'crun --version': 'crun version 1.8.1',
      'dpkg-query --status crun': 'Package: crun\nVersion: 1.8.1-1+deb12u1\n',
    };
    const host = fakeHost({ programs: ['crun', 'dpkg-query'], outputs });
    expect((await new RuntimeCheck(host).examine())[0]?.found).toBe('crun 1.8.1 (package 1.8.1-1+deb12u1)');
  });

  it.each([
    ['1.1.5', undefined, ['CVE-2024-21626', 'CVE-2025-31133']],
    ['1.1.5', '1.1.5+ds1-1+deb12u1', ['CVE-2025-31133']],
    ['1.1.5', '1.1.5+ds1-1', ['CVE-2024-21626', 'CVE-2025-31133']],
    ['1.1.12', undefined, ['CVE-2025-31133']],
    ['1.2.8', undefined, []],
    ['1.3.2', undefined, ['CVE-2025-31133']],
    ['1.3.3', undefined, []],
    ['1.4.0', undefined, []],
  ])('runc %s, package %s, has the holes %j', (text, revision, expected) => {
    const version = parseVersion(`runc version ${text}`);
    const holes = version === undefined ? [] : holesOf('runc', version, revision);
    expect(holes.map(({ id }) => id.split(',')[0])).toEqual(expected);
  });
});

describe('limits', () => {
  const groups = (check: ControlGroups['check']) => (): ControlGroups => ({
    version: 2,
    check,
    warmUp: () => {},
    create: async () => undefined,
    find: async () => undefined,
    list: async () => [],
  });

  it('that the host cannot hold are named with the reason and the remedy of the refusal', () => {
    const findings = limitFindings(
      groups(({ memoryBytes }) => {
        if (memoryBytes !== undefined) throw limitUnenforceable('a memory limit', 'no controller', 'mount it');
      }),
    );
    expect(findings.filter(({ status }) => status === 'limited')).toEqual([
      expect.objectContaining({ subject: 'memory limit', advice: 'mount it' }),
    ]);
    expect(findings[0]).toEqual({ subject: 'control groups', status: 'ok', found: 'version 2' });
  });

  it('are one finding where there are no control groups', () => {
    const findings = limitFindings(() => {
      throw hostUnfit('none are mounted', 'mount them');
    });
    expect(findings).toEqual([
      { subject: 'control groups', status: 'limited', found: 'none are mounted', advice: 'mount them' },
    ]);
  });
});

describe('programs and space', () => {
  it('are told apart by whether every job needs them', async () => {
    expect(await statusOf(new ProgramsCheck(fakeHost({})))).toMatchObject({
      init: 'missing',
      unshare: 'missing',
      'detached jobs': 'limited',
      'isolated network': 'limited',
    });
    expect(await statusOf(new ProgramsCheck(fakeHost({ programs: ['docker-init', 'conmon'] })))).toMatchObject({
      init: 'ok',
      'detached jobs': 'ok',
    });
  });

  it('is limited where the store has little room', async () => {
    const statusFor = (freeBytes: number) => statusOf(new StoreCheck(fakeHost({ freeBytes }), '/opt/joblet'));
    expect(await statusFor(1024 ** 3)).toEqual({ 'disk space': 'limited' });
    expect(await statusFor(3 * 1024 ** 3)).toEqual({ 'disk space': 'ok' });
  });
});

it('a host that runs these tests can run jobs', async () => {
  const { fit, findings } = await createBuilder({ root: '/opt/joblet' }).examineHost();
  expect(fit).toBe(true);
  expect(findings.length).toBeGreaterThan(20);
  for (const { subject, status, advice } of findings)
    expect(status === 'ok' || advice !== undefined, subject).toBe(true);
});
