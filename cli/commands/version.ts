import { BaseCommand } from '../base-command.js';

export default class Version extends BaseCommand {
  static override summary = 'Show the versions of rnx and Node.js.';
  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version --json'];

  async run(): Promise<{ version: string; node: string; platform: string }> {
    await this.parse(Version);
    const document = {
      version: this.config.version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    };
    this.print(`rnx ${document.version} (${document.platform}, Node.js ${document.node})\n`);
    return document;
  }
}
