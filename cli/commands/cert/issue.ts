import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { certificateDocument, openCertificates } from '../../certificates.js';

export default class CertIssue extends BaseCommand {
  static override summary = 'Issue a certificate to a client, with the rnx-config.yml that it needs.';
  static override description =
    'The file holds the key: whoever has it can do what the role may. Move it to ~/.rnx/rnx-config.yml of the client.';
  static override args = {
    name: Args.string({ description: 'who the client is', required: true }),
  };
  static override flags = {
    role: Flags.string({
      description: 'reader (or viewer), developer, maintainer, admin or runner',
      helpValue: 'ROLE',
      required: true,
    }),
    address: Flags.string({
      description: 'where the client finds the server [default: localhost:50051]',
      helpValue: 'HOST:PORT',
    }),
    days: Flags.integer({ description: 'how long it is valid [default: 365]', min: 1, max: 3650 }),
  };
  static override examples = ['<%= config.bin %> cert issue alice --role=developer --address=build.example.com:50051'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CertIssue);
    const certificates = await openCertificates(this.storeRoot(flags));
    const { issued, configPath } = await certificates.issue({
      name: args.name,
      role: flags.role,
      address: flags.address ?? 'localhost:50051',
      ...(flags.days === undefined ? {} : { days: flags.days }),
    });
    this.print(`Serial: ${issued.serial}\nValid until: ${issued.notAfter}\nConfig: ${configPath}\n`);
    return { ...certificateDocument(issued, new Date()), config: configPath };
  }
}
