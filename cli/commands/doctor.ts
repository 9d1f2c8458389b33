import type { HostReport } from '../../core/doctor/examine-host.js';
import { exitStatus } from '../../core/errors/exit-status.js';
import { BaseCommand } from '../base-command.js';

export default class Doctor extends BaseCommand {
  static override summary = 'Say what this host can enforce, and what not, with what to do about it.';
  static override description =
    'Changes nothing. Ends with 0 when jobs can run here, even where something is limited, and with 4 when something is missing that every job needs.';
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json'];

  async run(): Promise<HostReport> {
    const { flags } = await this.parse(Doctor);
    const report = await (await this.builder(flags)).examineHost();
    const { renderHostReport } = await import('../render/host-report.js');
    this.print(renderHostReport(report));
    if (!report.fit) this.around.setExitStatus(exitStatus.hostUnfit);
    return report;
  }
}
