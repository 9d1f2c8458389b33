import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema, LanguagePack } from '../../../../core/contracts/language-pack.js';
import type { Bench } from '../bench.js';

const METHODS = ['checkSpec', 'distributionPackages', 'plan', 'install', 'environment', 'smokeTest'] as const;

/** Schemas of third parties are checked here in full; at each validation there is no time for that. */
export async function declares({ pack, packs, given }: Bench): Promise<readonly string[]> {
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9-]*$/.test(pack.id)) problems.push(`its id, ${pack.id}, is not in kebab-case`);
  if (packs.filter(({ id }) => id === pack.id).length > 1) problems.push(`another pack has the id ${pack.id}`);
  if (pack.title.trim() === '') problems.push('it has no title');
  for (const method of METHODS) if (typeof pack[method] !== 'function') problems.push(`it has no ${method}()`);
  for (const { name, schema } of pack.keys) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) problems.push(`key ${name}: not lowercase letters, digits and underscores`);
    const owner = packs.find((other) => other !== pack && other.keys.some((key) => key.name === name));
    if (owner !== undefined && owner.id !== pack.id) problems.push(`key ${name} is the ${owner.id} pack's already`);
    problems.push(...schemaProblems(`the schema of ${name}`, schema));
  }
  problems.push(...schemaProblems('versionSchema', pack.versionSchema));
  problems.push(...versionProblems(pack, [...given.versions, given.unknownVersion, ...pack.knownVersions]));
  for (const [index, version] of pack.knownVersions.entries()) {
    if (pack.knownVersions.indexOf(version) < index) problems.push(`knownVersions has ${version} twice`);
  }
  for (const glob of pack.drop) if (!glob.startsWith('/')) problems.push(`drop: ${glob} is not absolute`);
  for (const glob of pack.keep ?? []) if (!glob.startsWith('/')) problems.push(`keep: ${glob} is not absolute`);
  return problems;
}

function schemaProblems(what: string, schema: JsonSchema): readonly string[] {
  const ajv = new Ajv2020({ strict: false, logger: false });
  try {
    ajv.compile(schema);
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return typeof schema['description'] === 'string' ? [] : [`${what} has no description: messages say what is expected`];
}

function versionProblems(pack: LanguagePack, versions: readonly string[]): readonly string[] {
  const ajv = new Ajv2020({ strict: false, logger: false });
  return versions.flatMap((version) =>
    ajv.validate(pack.versionSchema, version) ? [] : [`versionSchema refuses ${version}`],
  );
}
