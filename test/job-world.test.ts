import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { outputHas } from './support/output-has.js';
import { pythonSpec, rnx, rnxPath, specFolder } from './support/rnx.js';

const RUNTIME = 'world';
const run = (...command: string[]) => rnx(['job', 'run', `--runtime=${RUNTIME}`, ...command]);

/** What an ordinary program expects is there, without a network too. */
describe('the world of a job', () => {
  beforeAll(async () => {
    const built = await rnx([
      'runtime',
      'build',
      specFolder(pythonSpec({ name: RUNTIME, rest: 'pip: [six, tabulate]\n' })),
    ]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  });

  const programs: Record<string, [script: string, output: string]> = {
    'a user with a name and a home that it can write': [
      'import getpass, os, pwd, pathlib; p = pathlib.Path.home() / "x"; p.write_text("y"); print(getpass.getuser(), p, pwd.getpwuid(os.getuid()).pw_dir)',
      'root /work/x /work',
    ],
    'UTF-8': [
      'import sys, locale; print(sys.stdout.encoding, sys.getfilesystemencoding(), locale.getpreferredencoding(), "é")',
      'utf-8 utf-8 UTF-8 é',
    ],
    'time zones': [
      'from zoneinfo import ZoneInfo; from datetime import datetime; print(datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Berlin")).utcoffset())',
      '2:00:00',
    ],
    localhost: [
      'import socket; s = socket.create_server(("localhost", 0)); c = socket.create_connection(s.getsockname()); print(socket.gethostbyname("localhost"), socket.gethostbyname(socket.gethostname()))',
      '127.0.0.1 127.0.1.1',
    ],
    'a terminal that it opens itself': [
      'import os, pty; m, s = pty.openpty(); os.write(s, b"x"); print(os.ttyname(s).startswith("/dev/pts/"), os.read(m, 1))',
      "True b'x'",
    ],
    multiprocessing: [
      'import multiprocessing as m\nwith m.Pool(4) as p: print(sum(p.map(abs, range(100))), m.Lock() is not None, m.Queue() is not None)',
      '4950 True True',
    ],
    'shared memory of a useful size': [
      'from multiprocessing import shared_memory as s; m = s.SharedMemory(create=True, size=32 << 20); m.buf[-1] = 1; print(m.size); m.close(); m.unlink()',
      '33554432',
    ],
    asyncio: [
      'import asyncio\nasync def f():\n p = await asyncio.create_subprocess_exec("echo", "hi", stdout=-1); print((await p.communicate())[0])\nasyncio.run(f())',
      "b'hi\\n'",
    ],
    'ctypes.util.find_library': [
      'from ctypes.util import find_library as f; print(f("c"), f("ssl"), f("z"))',
      'libc.so.6 libssl.so.3 libz.so.1',
    ],
    'the authorities that the host trusts': [
      'import ssl; c = ssl.create_default_context(); print(len(c.get_ca_certs()) > 10, ssl.get_default_verify_paths().cafile)',
      'True /usr/lib/ssl/cert.pem',
    ],
    'sqlite, bz2, lzma, readline, curses, uuid': [
      'import sqlite3, bz2, lzma, readline, curses, uuid, ctypes, decimal, zlib; print(sqlite3.connect(":memory:").execute("select 1").fetchone())',
      '(1,)',
    ],
    'services and protocols by name': [
      'import socket; print(socket.getservbyname("https"), socket.getprotobyname("udp"))',
      '443 17',
    ],
    'orphans that are reaped': [
      'import os, time, pathlib\nfor _ in range(50):\n if os.fork() == 0:\n  if os.fork() == 0: os._exit(0)\n  os._exit(0)\n os.wait()\nwhile any((p / "stat").exists() and ") Z " in (p / "stat").read_text() for p in pathlib.Path("/proc").iterdir() if p.name.isdigit()): time.sleep(0.01)\nprint(0)',
      '0',
    ],
    'system calls that answer, not kill': [
      'import ctypes, errno; l = ctypes.CDLL(None, use_errno=True)\nr = []\nfor n in (425, 435, 321, 298, 250, 272): l.syscall(n, 0, 0, 0, 0, 0); r.append(errno.errorcode[ctypes.get_errno()])\nprint(set(r) <= {"ENOSYS", "EPERM", "EINVAL"})',
      'True',
    ],
  };
  it.each(Object.entries(programs))('has %s', async (_, [script, output]) => {
    const result = await run('python3', '-c', script);
    expect(`${result.stdout}${result.stderr}`).toBe(`${output}\n`);
  });

  it('has /dev/stdin, /dev/stdout and /dev/fd', async () => {
    const result = await rnx(
      [
        'job',
        'run',
        `--runtime=${RUNTIME}`,
        'sh',
        '-c',
        'cat /dev/stdin > /dev/stdout; cat /dev/fd/0; ls /dev/fd >/dev/null',
      ],
      { input: 'through\n' },
    );
    expect(result.stdout).toBe('through\n');
    expect(result.exitCode).toBe(0);
  });

  it('makes a virtual environment, runs console scripts, and programs from /tmp and /work', async () => {
    const venv = await run(
      'sh',
      '-c',
      'python -m venv /work/v && /work/v/bin/python -c "import sys; print(sys.prefix)" && /work/v/bin/pip --version',
    );
    expect(venv.stdout).toMatch(/^\/work\/v\npip /);
    const script = await run('sh', '-c', 'echo "a b" | tabulate -s " " && pip --version');
    expect(script.stdout).toMatch(/a {2}b[\s\S]*pip /);
    const programs = await run(
      'sh',
      '-c',
      'for d in /tmp /work; do printf "#!/bin/sh\\necho from $d\\n" > $d/p; chmod +x $d/p; $d/p; done',
    );
    expect(programs.stdout).toBe('from /tmp\nfrom /work\n');
  });

  it('passes input and output byte for byte, 20 MB of them', async () => {
    const bytes = randomBytes(20 * 1024 * 1024);
    const result = await execa('node', [rnxPath, 'job', 'run', `--runtime=${RUNTIME}`, 'cat'], {
      input: bytes,
      encoding: 'buffer',
      env: { JOBLET_ROOT: inject('store') },
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(Buffer.compare(Buffer.from(result.stdout), bytes)).toBe(0);
  });

  it('does not wait for input that nobody reads or sends', async () => {
    const unread = await rnx(['job', 'run', `--runtime=${RUNTIME}`, 'true'], { input: randomBytes(1024 * 1024) });
    expect(unread.exitCode).toBe(0);
    // An open pipe that nothing is ever written to.
    const silent = await execa('node', [rnxPath, 'job', 'run', `--runtime=${RUNTIME}`, 'echo', 'done'], {
      stdin: 'pipe',
      env: { JOBLET_ROOT: inject('store') },
    });
    expect(silent.stdout).toBe('done');
  });

  it('ends by SIGPIPE when its output is closed', async () => {
    const closed = await execa(
      'bash',
      ['-c', 'node "$0" job run --runtime="$1" yes | head -1; echo "$PIPESTATUS"', rnxPath, RUNTIME],
      {
        env: { JOBLET_ROOT: inject('store') },
      },
    );
    expect(closed.stdout).toBe('y\n141');
  });

  it.each([
    ['its own', ['sh', '-c', 'exit 7'], 7],
    ['127 for a command that is not there', ['no-such-command'], 127],
    ['126 for one that cannot be run', ['/etc/passwd'], 126],
    ['128 + n for a signal', ['sh', '-c', 'kill -TERM $$'], 143],
    ['134 for an abort', ['python3', '-c', 'import os; os.abort()'], 134],
  ] as const)('ends with %s', async (_, command, status) => {
    expect((await run(...command)).exitCode).toBe(status);
  });

  it('ends a job at its timeout with 124, and at Ctrl-C with 130', async () => {
    const late = await rnx(['job', 'run', `--runtime=${RUNTIME}`, '--timeout', '1s', 'sleep', '1000']);
    expect(late.exitCode).toBe(124);
    // Not a shell: one that is between two commands forgets the signal.
    const program =
      'import signal, time; signal.signal(2, signal.SIG_DFL); print("ready", flush=True); time.sleep(1000)';
    const interrupted = rnx(['job', 'run', `--runtime=${RUNTIME}`, 'python3', '-c', program]);
    await outputHas(interrupted, 'ready');
    interrupted.kill('SIGINT');
    expect((await interrupted).exitCode).toBe(130);
  });

  it('keeps every byte of arguments and values, and parses no flag after the command', async () => {
    const values = ['--help', '-v', '', 'a b', "it's", '"', '$(id)', 'line\nline', '--runtime=x', 'é', '\\'];
    const result = await rnx([
      'job',
      'run',
      `--runtime=${RUNTIME}`,
      '-e',
      'KEY=a=b\n"c" $d',
      'python3',
      '-c',
      'import json, os, sys; print(json.dumps([sys.argv[1:], os.environ["KEY"]]))',
      ...values,
    ]);
    expect(JSON.parse(String(result.stdout))).toEqual([values, 'a=b\n"c" $d']);
  });

  it('keeps bytes of arguments and values that are not UTF-8', async () => {
    const script =
      'bytes=$(printf "\\377a\\200"); exec "$@" -e "KEY=$bytes" sh -c \'printf "%s." "$KEY" "$1"\' sh "$bytes"';
    const run = ['node', rnxPath, 'job', 'run', `--runtime=${RUNTIME}`];
    const env = { JOBLET_ROOT: inject('store') };
    const result = await execa('sh', ['-c', script, 'sh', ...run], { env, encoding: 'buffer', reject: false });
    expect(Buffer.from(result.stdout).toString('hex')).toBe('ff61802eff61802e');
  });

  it('has nothing of the host’s environment', async () => {
    const result = await rnx(['job', 'run', `--runtime=${RUNTIME}`, 'env'], { env: { LEAK: 'leak' } });
    expect(
      String(result.stdout)
        .trim()
        .split('\n')
        .map((line) => line.split('=')[0])
        .sort(),
    ).toEqual(expect.arrayContaining(['HOME', 'LANG', 'PATH']));
    expect(result.stdout).not.toContain('leak');
    expect(result.stdout).not.toMatch(/^(NODE_(?!OPTIONS=)|PIP_|SSL_)/m);
  });

  it('leaves a file that the caller redirects to in the caller’s hands', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'redirect-'));
    chmodSync(dir, 0o755);
    const file = path.join(dir, 'out');
    writeFileSync(file, '');
    await execa('bash', ['-c', 'node "$0" job run --runtime="$1" echo hi > "$2"', rnxPath, RUNTIME, file], {
      env: { JOBLET_ROOT: inject('store') },
    });
    expect(readFileSync(file, 'utf8')).toBe('hi\n');
    const owner = await execa('stat', ['-c', '%u', file]);
    expect(owner.stdout).toBe('0');
  });
});
