import { describe, expect, inject, it } from 'vitest';
import { expectNoNewProcess, processIds } from './support/host-state.js';
import { pythonSpec, rnx, specFolder } from './support/rnx.js';

const indent = (script: string) => script.replaceAll('\n', '\n    ');

function build(name: string, hooks: { pre?: string; post?: string; timeout?: string }) {
  const rest = [
    'hooks:',
    ...(hooks.timeout ? [`  timeout: ${hooks.timeout}`] : []),
    ...(hooks.pre ? [`  pre_install: |\n    ${indent(hooks.pre)}`] : []),
    ...(hooks.post ? [`  post_install: |\n    ${indent(hooks.post)}`] : []),
    '',
  ].join('\n');
  return rnx(['runtime', 'build', '-v', specFolder(pythonSpec({ name, rest }))]);
}

describe('hooks', () => {
  it('get what hooks of the Joblet world rely on, and start in the isolated directory', async () => {
    const built = await build('hook-env', {
      post: `test "$(pwd)" = "$(cd "$ISOLATED_DIR" && pwd)"
test -d "$RUNTIME_DIR/isolated/usr/bin"
echo "saw $RUNTIME_NAME $RUNTIME_VERSION $PLATFORM $ARCHITECTURE $PKG_MANAGER $RUNTIME_LANGUAGE $RUNTIME_LANGUAGE_VERSION"
echo content > "$ISOLATED_DIR/opt/of-a-hook"
mkdir -m 700 /opt/private && echo secret > /opt/private/file
echo gone > /tmp/gone; echo gone > /var/log/gone`,
    });
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    expect(built.stdout).toMatch(/saw hook-env 1\.0\.0 debian-amd64 amd64 apt python 3\.11/);
    const run = await rnx([
      'job',
      'run',
      '--runtime=hook-env',
      'sh',
      '-c',
      'cat /opt/of-a-hook /opt/private/file; cat /tmp/gone /var/log/gone',
    ]);
    expect(run.stdout).toBe('content\nsecret\n');
  });

  it('are not the host’s root', async () => {
    const built = await build('hook-cage', {
      pre: `echo "map $(tr -s ' ' < /proc/self/uid_map)"
echo "caps $(grep CapEff /proc/self/status)"
grep Seccomp: /proc/self/status
test ! -e /dev/sda; test ! -e /dev/vda; ls /sys | wc -l
! mount -t tmpfs none /mnt 2>/dev/null
! mknod /opt/null c 1 3 2>/dev/null
! sh -c 'echo x > /proc/sys/kernel/core_pattern' 2>/dev/null
! unshare -U true 2>/dev/null
! chmod 755 /proc/sysrq-trigger 2>/dev/null
echo caged`,
    });
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    expect(built.stdout).toContain('caged');
    expect(built.stdout).toMatch(/map {1,2}0 18\d+ 65536/);
    expect(built.stdout).toMatch(/Seccomp:\s+2/);
  });

  it('fail the build with their status and output, at exit status 8', async () => {
    const built = await build('hook-fails', { post: 'echo why it failed >&2\nexit 3\necho not reached' });
    expect(built.exitCode).toBe(8);
    expect(built.stderr).toContain('post-install hook failed with exit status 3');
    expect(`${built.stdout}${built.stderr}`).toContain('why it failed');
    expect(`${built.stdout}${built.stderr}`).not.toContain('not reached');
  });

  it('that miss the language before it is installed are told when it comes', async () => {
    const built = await build('hook-early', { pre: 'python3.11 -c "print(1)"' });
    expect(built.exitCode).toBe(8);
    expect(built.stderr).toContain('pre-install hook failed with exit status 127');
    expect(built.stderr).toContain('post_install');
  });

  it('end at their timeout, with all that they started', async () => {
    const before = processIds();
    const built = await build('hook-slow', { timeout: '1s', pre: "trap '' TERM\n(setsid sleep 1000 &) \nsleep 1000" });
    expect(built.exitCode).toBe(8);
    expect(built.stderr).toContain('pre-install hook timed out after 1s');
    await expectNoNewProcess(before, inject('store'));
  });
});
