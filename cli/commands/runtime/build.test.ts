import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { RunOptions } from '../../../core/engine/builder.js';
import { buildStepFailed, cancelled } from '../../../core/errors/errors.js';
import { buildResult, FakeBuilder, phase, phaseEvents } from '../../test-support/fake-builder.js';
import { runCommand } from '../../test-support/run-command.js';
import RuntimeBuild from './build.js';

function playing(builder: FakeBuilder): FakeBuilder {
  builder.onBuild = async (options) => {
    for (const event of phaseEvents(7, 1000, 12_300, ['Setting up \x1b[31mpython3.11'])) options?.onEvent?.(event);
    return buildResult();
  };
  return builder;
}

describe('rnx runtime build', () => {
  it('prints plain lines and the result where there is no terminal', async () => {
    const { stdout, stderr, status } = await runCommand(RuntimeBuild, ['.'], { builder: playing(new FakeBuilder()) });
    expect(stdout).toBe(
      [
        '[7/14] Install Base: started',
        '[7/14] Install Base: done in 12.3s',
        '',
        'Built python-3.11-ml 1.0.0',
        '  Runtime:  python-3.11-ml',
        '  Version:  1.0.0',
        '  Path:     /opt/joblet/runtimes/python-3.11-ml/1.0.0',
        '  Size:     226.3MB',
        '  Duration: 42.1s',
        '',
        'Run it:',
        '  rnx job run --runtime=python-3.11-ml COMMAND',
        '',
      ].join('\n'),
    );
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it('streams output with -v, made harmless', async () => {
    const { stdout } = await runCommand(RuntimeBuild, ['-v', '.'], { builder: playing(new FakeBuilder()) });
    expect(stdout).toContain('started\nSetting up python3.11\n[7/14]');
  });

  it('prints exactly one JSON document with --json', async () => {
    const { stdout, stderr } = await runCommand(RuntimeBuild, ['--json', '.'], { builder: playing(new FakeBuilder()) });
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      built: true,
      name: 'python-3.11-ml',
      version: '1.0.0',
      install_path: '/opt/joblet/runtimes/python-3.11-ml/1.0.0',
      size_bytes: 237_285_376,
      duration_ms: 42_100,
      timings: [{ number: 7, duration_ms: 30_000 }, { number: 8 }],
      warnings: ['runtime.yaml:3:10: version is a number: quote it'],
    });
    expect(stderr).toBe('');
  });

  it('streams to standard error with --json -v', async () => {
    const { stdout, stderr } = await runCommand(RuntimeBuild, ['--json', '-v', '.'], {
      builder: playing(new FakeBuilder()),
    });
    expect(() => JSON.parse(stdout)).not.toThrow();
    expect(stderr).toContain('[7/14] Install Base: started\nSetting up python3.11\n');
  });

  it('says at once that a runtime is already built', async () => {
    const builder = new FakeBuilder();
    builder.onBuild = async () => buildResult(false);
    const { stdout } = await runCommand(RuntimeBuild, ['.'], { builder });
    expect(stdout).toContain(
      'python-3.11-ml 1.0.0 is already built from this specification; --force builds it again\n',
    );
  });

  it('passes --force on', async () => {
    const builder = new FakeBuilder();
    await runCommand(RuntimeBuild, ['-f', 'x'], { builder });
    await runCommand(RuntimeBuild, ['y'], { builder });
    expect(builder.requests).toEqual([
      { path: 'x', force: true },
      { path: 'y', force: false },
    ]);
  });

  it('shows where the time went with --timings', async () => {
    const { stdout } = await runCommand(RuntimeBuild, ['--timings', '.']);
    expect(stdout.split('\n\n').at(-1)).toBe(
      [
        'PHASE  NAME                TIME  SHARE',
        '    7  Install Base       30.0s    71%',
        '    8  Install Packages   12.0s    29%',
        '       between and after  100ms     0%',
        '       total              42.1s   100%',
        '',
      ].join('\n'),
    );
  });

  it('names the store in the line to run it where --root was given', async () => {
    const { stdout } = await runCommand(RuntimeBuild, ['--root', '/my store', '.']);
    expect(stdout).toContain("  rnx job run --runtime=python-3.11-ml --root='/my store' COMMAND\n");
  });

  it('prints the error, its hint and the last output of a failed build', async () => {
    const builder = new FakeBuilder();
    builder.onBuild = async (options) => {
      for (const event of phaseEvents(8, 0, 5, ['one', 'two'])) options?.onEvent?.(event);
      throw buildStepFailed('pip install failed: no such package', 'check the name');
    };
    const { stderr, status } = await runCommand(RuntimeBuild, ['.'], { builder });
    expect(stderr).toBe(
      '\nThe last output of Install Packages (all of it: --verbose):\n  one\n  two\n\n' +
        'Error: pip install failed: no such package\nHint: check the name\n',
    );
    expect(status).toBe(7);
  });

  it('prints one JSON document for a failed build', async () => {
    const builder = new FakeBuilder();
    builder.onBuild = async () => {
      throw buildStepFailed('pip install failed: x', 'y', { pack: 'pip' });
    };
    const { stdout, stderr, status } = await runCommand(RuntimeBuild, ['--json', '.'], { builder });
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'E_BUILD_STEP', message: 'pip install failed: x', hint: 'y', exitCode: 7, pack: 'pip' },
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 7 });
  });

  it('prints the plan and builds nothing with --dry-run', async () => {
    const builder = new FakeBuilder();
    const { stdout } = await runCommand(RuntimeBuild, ['--dry-run', '.'], { builder });
    expect(stdout).toMatch(/Base of bookworm \(1\):\n {2}libc6 +2\.36-9 +amd64\n/);
    expect(stdout).toMatch(/ {2}libexpat1 +2\.5\.0-1 +amd64\n/);
    expect(stdout).toContain('To download from the distribution: 5.0MB\n');
    expect(stdout).toContain('Nothing was built.\n');
    expect(builder.requests).toEqual([]);
  });

  describe('cancelled', () => {
    function cancelling(...sent: readonly NodeJS.Signals[]) {
      const signals = new EventEmitter();
      const builder = new FakeBuilder();
      builder.onBuild = async (options?: RunOptions) => {
        options?.onEvent?.({ type: 'log', at: 0, phase: phase(8), line: 'working' });
        for (const signal of sent) signals.emit(signal, signal);
        if (options?.signal?.aborted) throw cancelled();
        return buildResult();
      };
      return { builder, signals };
    }

    it.each([
      { sent: ['SIGINT'] as const, status: 130 },
      { sent: ['SIGTERM'] as const, status: 143 },
      { sent: ['SIGHUP'] as const, status: 129 },
      { sent: ['SIGTERM', 'SIGINT'] as const, status: 143 },
    ])('exits with $status after $sent', async ({ sent, status }) => {
      const { builder, signals } = cancelling(...sent);
      const ran = await runCommand(RuntimeBuild, ['.'], { builder, signals });
      expect(ran.status).toBe(status);
      expect(ran.stderr).toBe(`${sent.length > 1 ? 'still cleaning up\n' : ''}Error: cancelled\n`);
      expect(signals.eventNames()).toEqual([]);
    });

    it('tells programs the same status', async () => {
      const { builder, signals } = cancelling('SIGTERM');
      const ran = await runCommand(RuntimeBuild, ['--json', '.'], { builder, signals });
      expect(JSON.parse(ran.stdout)).toEqual({ error: { code: 'E_CANCELLED', message: 'cancelled', exitCode: 143 } });
    });
  });
});
