import { type JobletError, networkFailed, packageNotFound, redactCredentials } from '../../core/pack-kit.js';
import { parseCoordinate } from './coordinates.js';
import { mavenFailed } from './errors.js';
import type { Jar } from './plan-data.js';

/** What ResolveCoordinates.java wrote. */
export interface Findings {
  readonly jars: readonly (Omit<Jar, 'sha256'> & { readonly file: string })[];
  readonly problems: readonly Finding[];
}

interface Finding {
  readonly kind: 'missing' | 'unreachable' | 'broken';
  /** Which coordinate; -1: something that one of them needs. */
  readonly index: number;
  readonly name: string;
  /** The repositories that were asked. */
  readonly where: string;
  /** Of a missing one: the versions that there are. Else what went wrong. */
  readonly text: string;
}

export function parseFindings(answer: string): Findings {
  const jars: (Omit<Jar, 'sha256'> & { file: string })[] = [];
  const problems: Finding[] = [];
  for (const line of answer.split('\n').filter(Boolean)) {
    const [kind, ...fields] = line.split('\t');
    const [a = '', b = '', c = '', d = '', e = ''] = fields;
    if (kind === 'jar') jars.push({ group: a, artifact: b, version: c, classifier: d, file: e });
    else if (kind === 'missing' || kind === 'unreachable' || kind === 'broken')
      problems.push({ kind, index: Number(a), name: b, where: c, text: d });
  }
  return { jars, problems };
}

/** The worst of the problems as an error: a repository that cannot be reached makes packages look missing. */
export function resolutionError(
  { problems, jars }: Findings,
  coordinates: readonly string[],
  secrets: readonly string[],
): JobletError | undefined {
  const clean = (text: string) =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), redactCredentials(text));
  const unreachable = problems.find(({ kind }) => kind === 'unreachable');
  if (unreachable !== undefined) return networkError(clean(unreachable.where), clean(unreachable.text));
  const missing = problems.filter(({ kind }) => kind === 'missing');
  if (missing.length > 0) return missingError(missing, clean);
  const broken = problems[0];
  if (broken !== undefined) {
    const place = broken.index < 0 ? {} : { path: ['maven', broken.index] };
    return mavenFailed(clean(broken.text), 'the lines above are from Maven; run with -v for all of them', place);
  }
  return jars.length === 0 && coordinates.length > 0
    ? mavenFailed('they bring no jar', 'name libraries, not parents or lists of versions')
    : undefined;
}

function missingError(missing: readonly Finding[], clean: (text: string) => string): JobletError {
  const problems = missing.map((one) => ({
    ...(one.index < 0 ? {} : { path: ['maven', one.index] }),
    message: `package not found: ${one.name}`,
    hint: hintFor(one, clean),
  }));
  const names = missing.map(({ name }) => name).join(', ');
  const hint =
    problems.length === 1
      ? (problems[0]?.hint ?? '')
      : missing.map((one, at) => `${one.name}: ${problems[at]?.hint}`).join('; ');
  const details = problems.length === 1 ? { ...problems[0] } : { problems };
  return packageNotFound(names, { hint, details });
}

function hintFor({ name, index, text, where }: Finding, clean: (text: string) => string): string {
  const versions = text.split(' ').filter(Boolean);
  const needed = index < 0 ? 'another library needs it; ' : '';
  if (versions.length > 0) return `${needed}the newest versions are ${versions.slice(-5).join(', ')}`;
  const { group = '', artifact = '' } = parseCoordinate(name) ?? {};
  return `${needed}nothing is called ${group}:${artifact} in ${clean(where)}; check the name, or add the repository that has it to ~/.m2/settings.xml`;
}

const CAUSES: readonly (readonly [RegExp, string, string])[] = [
  [
    /PKIX|SSLHandshakeException|certificate/i,
    'its certificate is not trusted',
    "add its authority to the host's certificate bundle (update-ca-certificates)",
  ],
  [
    /\b(?:401|403|407)\b|[Uu]nauthori[sz]ed|not authorized/i,
    'it refused the credentials, or wants some',
    'put user and password for it into ~/.m2/settings.xml, under the id of the repository or its mirror',
  ],
  [
    /UnknownHostException|Name or service|resolve/i,
    'its name cannot be resolved',
    'check the addresses of ~/.m2/settings.xml and the network',
  ],
  [/ConnectException|refused/i, 'it refuses connections', 'check the addresses of ~/.m2/settings.xml, or the server'],
  [
    /Checksum/i,
    'a file is not what its checksum says',
    'try again; if it stays so, the repository serves something broken',
  ],
  [
    /Blocked mirror/i,
    'it is reached without encryption, which the settings forbid',
    'use an https address, or a mirror in ~/.m2/settings.xml',
  ],
];

function networkError(where: string, text: string): JobletError {
  const [, reason = 'the connection failed', hint = 'check the network, then try again'] =
    CAUSES.find(([pattern]) => pattern.test(text)) ?? [];
  return networkFailed(`the Maven repository ${where} cannot be used: ${reason}`, hint, text);
}
