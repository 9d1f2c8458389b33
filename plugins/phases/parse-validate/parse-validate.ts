import { injectAll, injectable } from 'tsyringe';
import type { LanguagePack } from '../../../core/contracts/language-pack.js';
import { PACK } from '../../../core/contracts/language-pack.js';
import type { Phase } from '../../../core/contracts/phase.js';
import { cancelled } from '../../../core/errors/errors.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { PARSED_SPEC } from '../../../core/pipeline/results.js';
import { parseSpecFile } from '../../../core/spec/parse-spec.js';
import type { SpecReportEntry } from '../../../core/spec/runtime-spec.js';

/** Phase 1: the spec, read and held against the format's rules and every pack's. */
@injectable()
export class ParseValidate implements Phase {
  readonly number = 1;
  readonly id = 'parse-validate';
  readonly title = 'Parse & Validate';
  readonly description = 'Parse YAML and validate schema';

  constructor(@injectAll(PACK, { isOptional: true }) private readonly packs: readonly LanguagePack[]) {}

  async run(context: BuildContext): Promise<void> {
    const parsed = await parseSpecFile(context.request.path, { packs: this.packs });
    if (context.signal.aborted) throw cancelled(context.signal.reason);
    for (const warning of parsed.warnings) context.warn(oneLine(warning));
    context.set(PARSED_SPEC, parsed);
    context.progress(`${parsed.spec.name} ${parsed.spec.version}`);
  }
}

function oneLine({ line, column, path, message, hint }: SpecReportEntry): string {
  const subject = path === '' ? '' : ` ${path}:`;
  return `line ${line}, column ${column}:${subject} ${message}${hint === undefined ? '' : `; ${hint}`}`;
}
