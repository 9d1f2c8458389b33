import { BaseCommand } from '../../base-command.js';
import { certificateDocument, certificateState, openCertificates } from '../../certificates.js';

export default class CertList extends BaseCommand {
  static override summary = 'List certificates: whose they are, when they end, which are revoked.';
  static override examples = ['<%= config.bin %> cert list', '<%= config.bin %> cert list --json'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(CertList);
    const certificates = await (await openCertificates(this.storeRoot(flags))).list();
    const { renderTable } = await import('../../render/table.js');
    const now = new Date();
    const rows = certificates.map((certificate) => [
      certificate.kind,
      certificate.name,
      certificate.role ?? '-',
      certificateState(certificate, now),
      certificate.notAfter,
      certificate.serial,
    ]);
    this.print(renderTable({ head: ['KIND', 'NAME', 'ROLE', 'STATE', 'EXPIRES', 'SERIAL'], rows }));
    return { certificates: certificates.map((certificate) => certificateDocument(certificate, now)) };
  }
}
