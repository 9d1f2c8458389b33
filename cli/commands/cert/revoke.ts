import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../base-command.js';
import { certificateDocument, openCertificates } from '../../certificates.js';

export default class CertRevoke extends BaseCommand {
  static override summary = 'Revoke certificates of a client.';
  static override args = {
    certificate: Args.string({
      description: 'a serial number, or the name of a client for all of its',
      required: true,
    }),
  };
  static override examples = ['<%= config.bin %> cert revoke alice'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CertRevoke);
    const revoked = await (await openCertificates(this.storeRoot(flags))).revoke(args.certificate);
    this.print(revoked.map(({ name, serial }) => `Revoked: ${name} ${serial}\n`).join('') || 'Revoked before\n');
    return { revoked: revoked.map((certificate) => certificateDocument(certificate, new Date())) };
  }
}
