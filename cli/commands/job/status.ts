import { BaseCommand } from '../../base-command.js';
import { jobArgument } from '../../job-argument.js';

export default class JobStatus extends BaseCommand {
  static override summary = 'Show what a job is and how it does.';
  static override args = { id: jobArgument };
  static override examples = ['<%= config.bin %> job status 6f9619ff', '<%= config.bin %> job status 6f9619ff --json'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobStatus);
    const jobs = await this.jobs(flags);
    const record = await jobs.find(args.id);
    const { renderJobStatus, jobStatusDocument } = await import('../../render/job-view.js');
    const now = new Date();
    this.print(renderJobStatus(record, now));
    return jobStatusDocument(record, now);
  }
}
