import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Collector, isolator, jobIn, runJob } from '../isolation/test-support/run.js';
import { makeTinyRoot } from '../isolation/test-support/tiny-root.js';
import { CdiGpus } from './cdi-gpus.js';
import { readCdi } from './cdi-spec.js';
import { parseMemory } from './gpu-memory.js';

/**
 * These machines have no GPU. The descriptions below have the shape of `nvidia-ctk cdi generate`'s, and name harmless devices that
 * every host has; what a driver does with a real one is not tested.
 */
const node = (name: string, hostPath: string) => ({ path: `/dev/${name}`, hostPath });

let dir: string;
let gpus: CdiGpus;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'joblet-gpu-'));
  chmodSync(dir, 0o755);
  mkdirSync(path.join(dir, 'cdi'));
  writeFileSync(path.join(dir, 'libdriver.so.1'), 'the driver');
  gpus = new (class extends CdiGpus {
    protected override readonly directories = [path.join(dir, 'none'), path.join(dir, 'cdi')];
    protected override readonly locks = path.join(dir, 'locks');
  })();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(dir, 'cdi', name), text);
const describeTwo = () =>
  write(
    'vendor.json',
    JSON.stringify({
      cdiVersion: '0.5.0',
      kind: 'vendor.example/gpu',
      containerEdits: {
        env: ['VENDOR_VISIBLE_DEVICES=void'],
        deviceNodes: [node('vendorctl', '/dev/null')],
        mounts: [
          { hostPath: path.join(dir, 'libdriver.so.1'), containerPath: '/usr/lib/libdriver.so.1', options: ['ro'] },
        ],
      },
      devices: [
        { name: '0', containerEdits: { deviceNodes: [node('vendor0', '/dev/zero')] } },
        { name: 'GPU-0a', containerEdits: { deviceNodes: [node('vendor0', '/dev/zero')] } },
        { name: '1', containerEdits: { deviceNodes: [node('vendor1', '/dev/full')] } },
        { name: 'all', containerEdits: { deviceNodes: [node('vendor0', '/dev/zero'), node('vendor1', '/dev/full')] } },
      ],
    }),
  );

describe('GPUs described by CDI', () => {
  it('come with what the vendor says all of them need, each once', async () => {
    describeTwo();
    const edits = await gpus.choose({ count: 2 });
    expect(edits.env).toEqual({ VENDOR_VISIBLE_DEVICES: 'void' });
    expect(edits.nodes.map(({ rootPath }) => rootPath)).toEqual(['/dev/vendorctl', '/dev/vendor0', '/dev/vendor1']);
    expect(edits.files).toEqual([{ hostPath: path.join(dir, 'libdriver.so.1'), rootPath: '/usr/lib/libdriver.so.1' }]);
    expect(edits.locks).toHaveLength(2);
  });

  it('are read from YAML, hooks too', () => {
    write(
      'nvidia.yaml',
      `cdiVersion: 0.5.0
kind: nvidia.com/gpu
devices:
  - name: "0"
    containerEdits:
      deviceNodes:
        - path: /dev/nvidia0
containerEdits:
  hooks:
    - hookName: createContainer
      path: /usr/bin/nvidia-cdi-hook
      args: [nvidia-cdi-hook, update-ldcache, --folder, /usr/lib/x86_64-linux-gnu]
`,
    );
    const [device] = readCdi([path.join(dir, 'cdi')]).devices;
    expect(device).toMatchObject({
      id: 'nvidia.com/gpu=0',
      edits: {
        nodes: [{ hostPath: '/dev/nvidia0', containerPath: '/dev/nvidia0' }],
        hooks: [{ stage: 'createContainer', path: '/usr/bin/nvidia-cdi-hook' }],
      },
    });
  });

  it('are refused with what was looked for where none is described', async () => {
    await expect(gpus.choose({ count: 1 })).rejects.toMatchObject({
      code: 'E_GPU_UNAVAILABLE',
      exitCode: 4,
      hint: expect.stringContaining('nvidia-ctk cdi generate'),
      message: expect.stringContaining(path.join(dir, 'cdi')),
    });
  });

  it.each([
    ['no mapping', '[]', 'the document is no mapping'],
    ['a relative path', 'kind: v/gpu\ndevices: [{name: a, containerEdits: {deviceNodes: [{path: dev/x}]}}]', 'dev/x'],
    [
      'a path that climbs',
      'kind: v/gpu\ndevices: [{name: a, containerEdits: {deviceNodes: [{path: /dev/../etc}]}}]',
      '..',
    ],
    ['no YAML', 'kind: [', 'broken.yaml'],
  ])('name a file with %s', async (_, text, expected) => {
    write('broken.yaml', text);
    await expect(gpus.choose({ count: 1 })).rejects.toThrow(expected);
  });

  it('are refused where there are too few', async () => {
    describeTwo();
    await expect(gpus.choose({ count: 3 })).rejects.toMatchObject({
      message: '3 GPUs asked for, 2 free of 2',
      hint: 'ask for fewer',
    });
  });

  it('are refused by memory where none is known to have as much', async () => {
    describeTwo();
    await expect(gpus.choose({ count: 1, memoryBytes: 2 ** 60 })).rejects.toMatchObject({ code: 'E_GPU_UNAVAILABLE' });
  });

  it('have the memory that nvidia-smi says', () => {
    const sizes = parseMemory('0, GPU-0a, 24564\n1, GPU-1b, [N/A]\n');
    expect([...sizes]).toEqual([
      ['0', 24564 * 1024 ** 2],
      ['GPU-0a', 24564 * 1024 ** 2],
    ]);
  });
});

describe('a job with GPUs', () => {
  let root: string;
  beforeEach(() => {
    root = makeTinyRoot(path.join(dir, 'root'));
    describeTwo();
  });

  it('finds the device nodes at work, the driver files and the variables, in a root that is read-only', async () => {
    const devices = await gpus.choose({ count: 1 });
    const script =
      'head -c 4 /dev/vendor0 | od -An -tx1; cat /usr/lib/libdriver.so.1; echo " $VENDOR_VISIBLE_DEVICES"; ls /dev/vendor*; ' +
      '(echo x >/usr/lib/x) 2>/dev/null || echo closed; (echo x >/usr/lib/libdriver.so.1) 2>/dev/null || echo closed';
    const { stdout, stderr } = await runJob(root, ['sh', '-c', script], { devices });
    expect({ stdout, stderr }).toEqual({
      stdout: ' 00 00 00 00\nthe driver void\n/dev/vendor0\n/dev/vendorctl\nclosed\nclosed\n',
      stderr: '',
    });
  });

  it('keeps them from other jobs until it has ended', async () => {
    const stdout = new Collector();
    const devices = await gpus.choose({ count: 2 });
    const job = isolator.start({ ...jobIn(root, ['sh', '-c', 'echo up; sleep 1000']), devices, stdout });
    await stdout.until('up');
    await expect(gpus.choose({ count: 1 })).rejects.toMatchObject({
      message: '1 GPU asked for, 0 free of 2',
      hint: 'wait for the jobs that hold them to end',
    });
    // Chosen by both before either held it.
    await expect(runJob(root, ['true'], { devices })).rejects.toThrow(/is held by another job/);
    job.kill('SIGKILL');
    await job.exit;
    expect((await gpus.choose({ count: 2 })).locks).toEqual(devices.locks);
  });

  it("runs the vendor's hooks while its container is made", async () => {
    const hook = path.join(dir, 'hook');
    writeFileSync(hook, `#!/bin/sh\ncat >/dev/null\necho "$1" >${path.join(dir, 'ran')}\n`);
    chmodSync(hook, 0o755);
    const devices = {
      ...(await gpus.choose({ count: 1 })),
      hooks: [{ stage: 'createRuntime', path: hook, args: ['hook', 'update'], env: [] }],
    };
    await runJob(root, ['true'], { devices });
    expect((await execa('cat', [path.join(dir, 'ran')])).stdout).toBe('update');
  });
});
