import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { packageNotFound, usageError } from '../../../core/errors/errors.js';
import { BaseCommand } from '../../base-command.js';

/** As npm names packages and as a YAML key reads well. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const PACKAGE = /^[a-z0-9][a-z0-9+.-]*$/;
const PROGRAM = /^[A-Za-z0-9][A-Za-z0-9+._-]*$/;
const VERSION = /^\d+(?:\.\d+)*$/;

export default class PackCreate extends BaseCommand {
  static override summary = 'Write the package of a new language pack.';
  static override description =
    `Writes TypeScript, tests and a README that work as they are, for a language that the distribution has as a package. The version is the one that this host's release has; --language-version names another, and then nobody is asked.`;
  static override args = {
    name: Args.string({ description: 'the language: ruby', required: true, ignoreStdin: true }),
  };
  static override flags = {
    directory: Flags.string({ description: 'where to write it [default: joblet-NAME]', helpValue: 'DIR' }),
    package: Flags.string({ description: 'the distribution package that has the language [default: NAME]' }),
    program: Flags.string({ description: 'the command that the package brings [default: NAME]' }),
    'language-version': Flags.string({ description: 'the version to begin with', helpValue: 'X.Y' }),
    joblet: Flags.string({
      description:
        'what npm installs joblet from, for types and tests [default: this version; from a checkout, its folder]',
      helpValue: 'SPEC',
    }),
  };
  static override examples = [
    '<%= config.bin %> pack create ruby',
    '<%= config.bin %> pack create lua --package=lua5.4 --program=lua5.4',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PackCreate);
    const { name } = args;
    const { package: packageName = name, program = name } = flags;
    check('NAME', name, NAME, 'small letters, digits and hyphens, such as ruby');
    check('--package', packageName, PACKAGE, 'the name of a distribution package, such as ruby');
    check('--program', program, PROGRAM, 'the name of a command, without a path');
    const { builtInContents } = await import('../../../plugins/index.js');
    if (builtInContents().packs.some(({ id }) => id === name))
      throw usageError(`joblet has a ${name} pack`, 'name another language; rnx pack list shows those that there are');
    const { jobletPackage, writeNewDirectory } = await import('../../new-directory.js');
    const { packSkeleton } = await import('../../pack-skeleton.js');
    const version = flags['language-version'] ?? (await this.#findVersion(packageName, flags));
    check('--language-version', version, VERSION, 'numbers with dots, such as 3.1');
    const skeleton = packSkeleton({
      id: name,
      version,
      packageName,
      program,
      jobletSpec: flags.joblet ?? jobletPackage(),
    });
    const directory = await writeNewDirectory(flags.directory ?? `joblet-${name}`, skeleton);
    const files = [...skeleton.keys()];
    this.print(
      `Wrote ${files.length} files of the ${name} ${version} pack to ${directory}\n\n  cd ${directory}\n  npm install\n  sudo npm test\n`,
    );
    return { name, version, package: packageName, program, directory, files };
  }

  async #findVersion(packageName: string, flags: { readonly root?: string | undefined }): Promise<string> {
    const builder = await this.builder(flags);
    const found = await builder.findPackage(packageName, { signal: this.cancellation() });
    // `1:3.1`, `5.36.0-7`, `2:8.2+93`: what counts is the upstream version, without a patch release.
    const upstream = /^(?:\d+:)?(\d+(?:\.\d+)?)/.exec(found ?? '')?.[1];
    if (upstream !== undefined) return upstream;
    throw packageNotFound(packageName, {
      hint: 'name the package with --package; with --language-version it need not be there now',
    });
  }
}

function check(what: string, value: string, pattern: RegExp, expected: string): void {
  if (!pattern.test(value) || value.length > 64)
    throw usageError(`${what}: ${JSON.stringify(value)} will not do`, `expected: ${expected}`);
}
