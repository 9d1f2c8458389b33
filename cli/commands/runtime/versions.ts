import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../base-command.js';

export default class RuntimeVersions extends BaseCommand {
  static override summary = 'List the versions of languages that can be built here, and where they come from.';
  static override description =
    'Asks every source now: the releases of the distribution, other distributions, vendors and registries. Of a version that several have, a build takes the first.';
  static override args = {
    language: Args.string({ description: 'a language, such as python; without it, all', ignoreStdin: true }),
  };
  static override examples = [
    '<%= config.bin %> runtime versions',
    '<%= config.bin %> runtime versions python',
    '<%= config.bin %> runtime versions java --json',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RuntimeVersions);
    const builder = await this.builderWithPlugins(flags);
    const found = await builder.listVersions(args.language, {
      signal: this.cancellation(),
      onProgress: (message) => this.printError(`${message}\n`),
    });
    const { renderVersions } = await import('../../render/versions.js');
    this.print(renderVersions(found));
    return found;
  }
}
