import { BaseCommand } from '../../base-command.js';
import { jobArgument } from '../../job-argument.js';

export default class JobSettle extends BaseCommand {
  static override summary = 'Write the end of a detached job; its monitor calls this.';
  static override hidden = true;
  static override args = { id: jobArgument };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobSettle);
    const jobs = await this.jobs(flags);
    const { id, state } = await jobs.settle(args.id);
    return { uuid: id, status: state };
  }
}
