import { BaseCommand } from '../../base-command.js';
import { jobArgument } from '../../job-argument.js';

export default class JobDelete extends BaseCommand {
  static override summary = 'Delete a job that has ended, with its log.';
  static override description = 'A job that runs has to be stopped first.';
  static override args = { id: jobArgument };
  static override examples = ['<%= config.bin %> job delete 6f9619ff'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobDelete);
    const jobs = await this.jobs(flags);
    const { id, state } = await jobs.delete(args.id);
    const message = `Job deleted: ${id}`;
    this.print(`${message}\n`);
    return { success: true, message, uuid: id, status: state };
  }
}
