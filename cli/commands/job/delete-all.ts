import { BaseCommand } from '../../base-command.js';

export default class JobDeleteAll extends BaseCommand {
  static override summary = 'Delete all jobs that have ended, with their logs.';
  static override description = 'Jobs that run or are scheduled are left alone.';
  static override examples = ['<%= config.bin %> job delete-all', '<%= config.bin %> job delete-all --json'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(JobDeleteAll);
    const jobs = await this.jobs(flags);
    const { deleted, kept } = await jobs.deleteEnded();
    const message = `Deleted ${deleted.length} jobs, skipped ${kept}`;
    this.print(`${message}\n`);
    return { success: true, message, deleted_count: deleted.length, skipped_count: kept };
  }
}
