import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { certificateDocument, openCertificates } from '../../certificates.js';

export default class CertInit extends BaseCommand {
  static override summary = 'Make a certificate authority and the certificate of the server.';
  static override description =
    'They are kept in the store, in config/certificates, closed to other users. The server can be called joblet, localhost, 127.0.0.1, ::1, and by each --name.';
  static override flags = {
    name: Flags.string({
      description: 'a host name or IP address that clients will use (repeatable)',
      helpValue: 'HOST',
      multiple: true,
      multipleNonGreedy: true,
    }),
    curve: Flags.option({
      options: ['P-256', 'P-384'] as const,
      description: "of the authority's key [default: P-384]",
    })(),
  };
  static override examples = ['<%= config.bin %> cert init --name=build.example.com --name=192.0.2.7'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(CertInit);
    const certificates = await openCertificates(this.storeRoot(flags));
    const server = await certificates.init({
      ...(flags.name === undefined ? {} : { names: flags.name }),
      ...(flags.curve === undefined ? {} : { curve: flags.curve }),
    });
    this.print(`Certificates made for: ${server.names?.join(', ') ?? ''}\nValid until: ${server.notAfter}\n`);
    return certificateDocument(server, new Date());
  }
}
