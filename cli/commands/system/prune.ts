import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';

export default class SystemPrune extends BaseCommand {
  static override summary = 'Free what nothing refers to.';
  static override description =
    'Jobs that ended longer ago than jobs.retention in the configuration, builds and jobs that were killed, runtimes that were replaced, and layers that no build has used for as long. Runtimes and volumes stay.';
  static override flags = {
    all: Flags.boolean({ char: 'a', description: 'all jobs that have ended, and all layers, however new' }),
  };
  static override examples = ['<%= config.bin %> system prune', '<%= config.bin %> system prune --all --json'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(SystemPrune);
    const builder = await this.builder(flags);
    const { jobs, leftovers, layers, building } = await builder.prune({ all: flags.all });
    this.print(`Removed ${jobs} jobs, ${layers} layers, ${leftovers} leftovers of killed jobs\n`);
    if (building) this.printError('Layers were kept: a build is running\n');
    return { success: true, jobs, layers, leftovers, building };
  }
}
