import * as Flags from '@oclif/core/flags';
import { usageError } from '../../../core/errors/errors.js';
import { BaseCommand } from '../../base-command.js';
import { jobArgument } from '../../job-argument.js';
import { LogPrinter } from '../../render/log-printer.js';

export default class JobLog extends BaseCommand {
  static override summary = 'Print what a job has written, and follow it to its end.';
  static override description =
    'Standard output goes to standard output, standard error to standard error, byte for byte.';
  static override args = { id: jobArgument };
  static override flags = {
    follow: Flags.boolean({
      char: 'f',
      description: 'go on until the job ends',
      allowNo: true,
      default: true,
    }),
    tail: Flags.string({ description: 'begin with the last N lines', helpValue: 'N' }),
    timestamps: Flags.boolean({ char: 't', description: 'begin each line with the time at which it was written' }),
  };
  static override examples = [
    '<%= config.bin %> job log 6f9619ff',
    '<%= config.bin %> job log --no-follow --tail 20 6f9619ff',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobLog);
    const jobs = await this.jobs(flags);
    const { stdout, stderr } = this.around;
    const json = this.jsonEnabled();
    const printer = new LogPrinter({ stdout, stderr, timestamps: flags.timestamps });
    const document: Record<string, unknown>[] = [];
    const log = jobs.log(args.id, {
      follow: flags.follow,
      ...(flags.tail === undefined ? {} : { tail: lineCount(flags.tail) }),
      signal: this.cancellation(),
    });
    for await (const entries of log) {
      if (json) document.push(...entries.map(({ time, output, bytes }) => ({ time, output, text: bytes.toString() })));
      else if (!(await printer.print(entries))) break;
    }
    this.cancellation().throwIfAborted();
    return document;
  }
}

function lineCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError(`--tail ${text}: not a number of lines`, 'write digits');
}
