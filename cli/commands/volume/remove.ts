import { BaseCommand } from '../../base-command.js';
import { volumeArgument } from '../../volume-argument.js';

export default class VolumeRemove extends BaseCommand {
  static override summary = 'Remove a volume and all that is in it.';
  static override description = 'A volume that a job uses is not removed.';
  static override args = { volume: volumeArgument };
  static override examples = ['<%= config.bin %> volume remove data'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(VolumeRemove);
    const { volumes } = await this.jobs(flags);
    const { name } = await volumes.remove(args.volume);
    const message = `Removed ${name}`;
    this.print(`${message}\n`);
    return { success: true, message };
  }
}
