import { BaseCommand } from '../../base-command.js';

export default class VolumeList extends BaseCommand {
  static override summary = 'List the volumes of the store.';
  static override examples = ['<%= config.bin %> volume list', '<%= config.bin %> volume list --json'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(VolumeList);
    const { volumes } = await this.jobs(flags);
    const all = await volumes.list();
    const { renderVolumes, volumeDocument } = await import('../../render/volumes.js');
    this.print(renderVolumes(all));
    return { volumes: all.map(volumeDocument) };
  }
}
