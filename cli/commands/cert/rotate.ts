import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { certificateDocument, openCertificates } from '../../certificates.js';

export default class CertRotate extends BaseCommand {
  static override summary = 'Give the server a new certificate.';
  static override description =
    'With --authority a new authority signs from now on. The old one stays trusted until it runs out: clients of both work.';
  static override flags = {
    authority: Flags.boolean({ description: 'make a new authority too' }),
    name: Flags.string({
      description: 'one more host name or IP address that clients will use (repeatable)',
      helpValue: 'HOST',
      multiple: true,
      multipleNonGreedy: true,
    }),
  };
  static override examples = ['<%= config.bin %> cert rotate', '<%= config.bin %> cert rotate --authority'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(CertRotate);
    const certificates = await openCertificates(this.storeRoot(flags));
    const server = await certificates.rotate({
      authority: flags.authority,
      ...(flags.name === undefined ? {} : { names: flags.name }),
    });
    this.print(`Certificate made for: ${server.names?.join(', ') ?? ''}\nValid until: ${server.notAfter}\n`);
    return certificateDocument(server, new Date());
  }
}
