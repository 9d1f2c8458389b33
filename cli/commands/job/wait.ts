import { BaseCommand } from '../../base-command.js';
import { jobArgument } from '../../job-argument.js';

export default class JobWait extends BaseCommand {
  static override summary = 'Wait for the end of a job, and print its exit code.';
  static override description = 'The code is -1 for a job that was stopped, 124 for one that ran past its timeout.';
  static override args = { id: jobArgument };
  static override examples = ['<%= config.bin %> job wait 6f9619ff'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobWait);
    const jobs = await this.jobs(flags);
    const record = await jobs.wait(args.id, this.cancellation());
    this.print(`${record.exitCode ?? -1}\n`);
    const { jobStatusDocument } = await import('../../render/job-view.js');
    return jobStatusDocument(record, new Date());
  }
}
