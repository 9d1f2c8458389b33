import { describe, expect, it } from 'vitest';
import { FakeBuilder } from '../../test-support/fake-builder.js';
import { volume } from '../../test-support/fake-volumes.js';
import { runCommand } from '../../test-support/run-command.js';
import VolumeCreate from './create.js';
import VolumeList from './list.js';
import VolumeRemove from './remove.js';

describe('rnx volume create', () => {
  it('asks for a name, a size and a type', async () => {
    const builder = new FakeBuilder();
    const { stdout, status } = await runCommand(VolumeCreate, ['fast', '--size', '512MB', '--type=memory'], {
      builder,
    });
    expect(builder.volumes.requests).toEqual([{ name: 'fast', size: '512MB', type: 'memory' }]);
    expect({ stdout, status }).toEqual({ stdout: 'Volume created: fast\nSize: 512MB\nType: memory\n', status: 0 });
  });

  it('gives the volume as JSON', async () => {
    const { stdout } = await runCommand(VolumeCreate, ['data', '--size=1GB', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'data', size: '1GB', type: 'filesystem', size_bytes: 2 ** 30 });
  });

  it.each([[['data']], [['--size=1GB']], [['data', '--size=1GB', '--type=tape']]])('is refused: %j', async (argv) => {
    const builder = new FakeBuilder();
    expect((await runCommand(VolumeCreate, argv, { builder })).status).toBe(2);
    expect(builder.volumes.requests).toEqual([]);
  });
});

describe('rnx volume list', () => {
  it('has the columns that scripts of the Joblet world read', async () => {
    const builder = new FakeBuilder();
    builder.volumes.all = [volume(), volume({ name: 'fast', size: '64MB', type: 'memory', lost: true })];
    const { stdout } = await runCommand(VolumeList, [], { builder });
    expect(stdout.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
      ['NAME', 'SIZE', 'TYPE', 'CREATED'],
      ['data', '1GB', 'filesystem', '2026-01-02T03:04:05.000Z'],
      ['fast', '64MB', 'memory', '2026-01-02T03:04:05.000Z'],
      [''],
      ['Gone since the host restarted: fast'],
      [''],
    ]);
  });

  it('gives them as JSON, under volumes', async () => {
    const { stdout } = await runCommand(VolumeList, ['--json']);
    expect(JSON.parse(stdout)).toEqual({
      volumes: [
        {
          name: 'data',
          size: '1GB',
          type: 'filesystem',
          path: '/store/volumes/data/volume.img',
          created_time: '2026-01-02T03:04:05.000Z',
          size_bytes: 2 ** 30,
          in_use: false,
          available: true,
        },
      ],
    });
  });

  it('says that there are none', async () => {
    const builder = new FakeBuilder();
    builder.volumes.all = [];
    expect((await runCommand(VolumeList, [], { builder })).stdout).toBe('No volumes found\n');
    expect(JSON.parse((await runCommand(VolumeList, ['--json'], { builder })).stdout)).toEqual({ volumes: [] });
  });
});

describe('rnx volume remove', () => {
  it('says what was removed', async () => {
    expect((await runCommand(VolumeRemove, ['data'])).stdout).toBe('Removed data\n');
    const { stdout } = await runCommand(VolumeRemove, ['data', '--json']);
    expect(JSON.parse(stdout)).toEqual({ success: true, message: 'Removed data' });
  });

  it('fails with 9 for one that is not there', async () => {
    const { status, stderr } = await runCommand(VolumeRemove, ['other']);
    expect(status).toBe(9);
    expect(stderr).toContain('volume not found: other');
  });
});
