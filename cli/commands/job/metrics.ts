import { BaseCommand } from '../../base-command.js';
import { jobArgument } from '../../job-argument.js';

export default class JobMetrics extends BaseCommand {
  static override summary = 'Show what a job uses, or has used.';
  static override args = { id: jobArgument };
  static override examples = [
    '<%= config.bin %> job metrics 6f9619ff',
    '<%= config.bin %> job metrics 6f9619ff --json',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobMetrics);
    const jobs = await this.jobs(flags);
    const record = await jobs.measure(args.id);
    const { renderJobMetrics, jobMetricsDocument } = await import('../../render/job-view.js');
    const now = new Date();
    this.print(renderJobMetrics(record, now));
    return jobMetricsDocument(record, now);
  }
}
