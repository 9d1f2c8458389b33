import { BaseCommand } from '../../base-command.js';
import { jobArgument } from '../../job-argument.js';

export default class JobStop extends BaseCommand {
  static override summary = 'Stop a job that runs.';
  static override description =
    'TERM to its main process and its process group, KILL to all of it after five seconds. Returns when it has ended.';
  static override args = { id: jobArgument };
  static override examples = ['<%= config.bin %> job stop 6f9619ff'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobStop);
    const jobs = await this.jobs(flags);
    const { id, state } = await jobs.stop(args.id);
    const message = `Job stopped: ${id}`;
    this.print(`${message}\n`);
    return { success: true, message, uuid: id, status: state };
  }
}
