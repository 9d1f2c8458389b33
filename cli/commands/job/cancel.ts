import { BaseCommand } from '../../base-command.js';
import { jobArgument } from '../../job-argument.js';

export default class JobCancel extends BaseCommand {
  static override summary = 'Cancel a job that is scheduled.';
  static override description = 'A job that runs is stopped with: rnx job stop';
  static override args = { id: jobArgument };
  static override examples = ['<%= config.bin %> job cancel 6f9619ff'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobCancel);
    const jobs = await this.jobs(flags);
    const { id, state } = await jobs.cancel(args.id);
    const message = `Job canceled: ${id}`;
    this.print(`${message}\n`);
    return { success: true, message, uuid: id, status: state };
  }
}
