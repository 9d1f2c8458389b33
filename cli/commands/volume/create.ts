import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { volumeArgument } from '../../volume-argument.js';

const TYPES = ['filesystem', 'memory'] as const;

export default class VolumeCreate extends BaseCommand {
  static override summary = 'Create a volume: files that outlive jobs.';
  static override description =
    'Jobs find it at /volumes/NAME when they are run with --volume=NAME. It takes room on the disk as it fills.';
  static override args = { volume: volumeArgument };
  static override flags = {
    size: Flags.string({ description: 'how much it can hold: 512MB, 1GB', helpValue: 'SIZE', required: true }),
    type: Flags.option({
      options: TYPES,
      description:
        'filesystem: on disk; memory: in the memory of the host, lost when that restarts [default: filesystem]',
    })(),
  };
  static override examples = [
    '<%= config.bin %> volume create data --size=1GB',
    '<%= config.bin %> volume create scratch --size=512MB --type=memory',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(VolumeCreate);
    const { volumes } = await this.jobs(flags);
    const volume = await volumes.create({
      name: args.volume,
      size: flags.size,
      ...(flags.type === undefined ? {} : { type: flags.type }),
    });
    const { volumeDocument } = await import('../../render/volumes.js');
    this.print(`Volume created: ${volume.name}\nSize: ${volume.size}\nType: ${volume.type}\n`);
    return volumeDocument(volume);
  }
}
