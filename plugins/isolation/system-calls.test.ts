import { chmodSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SyscallAbi, syscallNumbers } from './syscall-numbers.js';
import { type Call, record, results, writeHelloI386, writeProbe } from './test-support/probe-program.js';
import { Collector, isolator, jobIn, runJob } from './test-support/run.js';
import { giveToMappedRoot, makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

const EPERM = -1;
const ENOTTY = -25;
const ENOSYS = -38;
const X32_BIT = 0x40000000;

/** Memory that 32-bit pointers reach too. */
const PAGE = 0x10000000;
const MAP_PAGE: Call = { number: 9, args: [PAGE, 4096, 3, 0x32, -1, 0] };

const call = (name: string, ...args: (number | bigint)[]): Call => ({ number: numberOf(name, 'x86_64'), args });
const call32 = (name: string, ...args: (number | bigint)[]): Call => ({
  way: 'int 0x80',
  number: numberOf(name, 'i386'),
  args,
});

function numberOf(name: string, abi: SyscallAbi): number {
  const number = syscallNumbers().get(name)?.[abi];
  if (number === undefined) throw new Error(`${abi} has no ${name}`);
  return number;
}

/** The probe is an x86-64 program. */
describe.skipIf(process.arch !== 'x64')('system calls of a job', () => {
  let scratch: string;
  let root: string;
  const ask = async (calls: readonly Call[]): Promise<number[]> => {
    const stdout = new Collector();
    const stdin = Readable.from([Buffer.concat([MAP_PAGE, ...calls].map(record))]);
    const exit = await isolator.start({ ...jobIn(root, ['/bin/probe']), stdin, stdout }).exit;
    expect(exit.status).toBe(0);
    return results(stdout.bytes).slice(1);
  };

  beforeAll(() => {
    scratch = scratchDirectory();
    chmodSync(scratch, 0o755);
    root = makeTinyRoot(path.join(scratch, 'root'));
    writeProbe(path.join(root, 'bin/probe'));
    writeHelloI386(path.join(root, 'bin/hello-i386'));
    giveToMappedRoot(root);
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it.each([
    'unshare setns mount umount2 pivot_root move_mount open_tree fsopen fsmount mount_setattr',
    'bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register',
    'ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp',
    'add_key keyctl request_key open_by_handle_at',
    'kexec_load kexec_file_load init_module finit_module delete_module reboot syslog swapon acct chroot',
  ])('answers EPERM, 64 bit and 32 bit alike, to %s', async (names) => {
    const known = names.split(' ');
    const known32 = known.filter((name) => syscallNumbers().get(name)?.i386 !== undefined);
    const answers = await ask([...known.map((name) => call(name)), ...known32.map((name) => call32(name))]);
    expect(answers).toHaveLength(known.length + known32.length);
    expect([...new Set(answers)]).toEqual([EPERM]);
  });

  it('answers ENOSYS to clone3, to clone with a new namespace, and to calls that it does not know', async () => {
    const newUser = 0x10000011;
    const calls = [call('clone3'), call('clone', newUser), call32('clone3'), call32('clone', newUser)];
    const unknown = [{ number: 457 }, { number: 9999 }, { way: 'int 0x80', number: 9999 }] as const;
    expect(await ask([...calls, ...unknown])).toEqual(Array(7).fill(ENOSYS));
  });

  it('answers ENOSYS to calls of the x32 ABI', async () => {
    const numbers = [0, 1, 39, 57, 512, 520, 547];
    expect(await ask(numbers.map((number) => ({ number: X32_BIT + number })))).toEqual(numbers.map(() => ENOSYS));
  });

  it('takes no key for a terminal, whatever the high half of the request is', async () => {
    const requests = [0x5412n, 0x541cn].flatMap((request) => [request, (1n << 32n) | request, (-1n << 32n) | request]);
    const forms = [call, call32].flatMap((form) => requests.map((request) => form('ioctl', 0, request, PAGE)));
    expect(await ask(forms)).toEqual(forms.map(() => ENOSYS));
    expect(await ask([call('ioctl', 0, 0x5413, PAGE), call32('ioctl', 0, 0x5413, PAGE)])).toEqual([ENOTTY, ENOTTY]);
  });

  it('opens sockets of the usual families only, 32-bit programs by the direct call alone', async () => {
    const AF_ALG = 38;
    const AF_VSOCK = 40;
    const [unix, ...others] = await ask([
      call('socket', 1, 1, 0),
      call('socket', AF_ALG, 5, 0),
      call('socket', AF_VSOCK, 1, 0),
      call('socket', (1n << 32n) | BigInt(AF_VSOCK), 1, 0),
      call32('socket', AF_ALG, 5, 0),
      { way: 'int 0x80', number: 102, args: [1, PAGE] },
    ]);
    expect(unix).toBeGreaterThan(2);
    expect(others).toEqual(others.map(() => ENOSYS));
  });

  it('runs 32-bit programs', async () => {
    const { status, stdout } = await runJob(root, ['/bin/hello-i386']);
    // A kernel without IA32 emulation cannot start one.
    if (status !== 126) expect({ status, stdout }).toEqual({ status: 0, stdout: 'ok\n' });
  });
});
