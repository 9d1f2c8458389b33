import { BaseCommand } from '../../base-command.js';

export default class JobList extends BaseCommand {
  static override summary = 'List the jobs of the store.';
  static override examples = ['<%= config.bin %> job list', '<%= config.bin %> job list --json'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(JobList);
    const jobs = await this.jobs(flags);
    const records = await jobs.list();
    const { renderJobList, jobListDocument } = await import('../../render/job-view.js');
    this.print(renderJobList(records));
    return jobListDocument(records);
  }
}
