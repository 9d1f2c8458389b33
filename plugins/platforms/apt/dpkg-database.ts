/** An installed package, as dpkg's database has it. */
export interface InstalledPackage {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  /** Each a list of alternatives, by name. */
  readonly depends: readonly (readonly string[])[];
  readonly provides: readonly string[];
}

export interface DpkgDatabase {
  readonly packages: readonly InstalledPackage[];
  /** Package (`name` or `name:arch`) and path, directories included, in dpkg's order. */
  readonly files: readonly { readonly owner: string; readonly path: string }[];
  /** Path -> where it really lies for every package but `by`. */
  readonly diversions: ReadonlyMap<string, { readonly to: string; readonly by: string }>;
}

const FIELDS = ['binary:Package', 'Architecture', 'Version', 'db:Status-Status', 'Pre-Depends', 'Depends', 'Provides'];

/** Prints the whole database; `parseDpkgDatabase` reads it. Lines begin with P (package), D (diversion) or F (file). */
export const DUMP_SCRIPT = `
dpkg-query -W -f 'P\\t${FIELDS.map((field) => `\${${field}}`).join('\\t')}\\n' || exit 1
cd /var/lib/dpkg || exit 1
[ ! -e diversions ] || sed 's/^/D\\t/' diversions || exit 1
cd info || exit 1
grep -H '' -- *.list | sed 's/^/F\\t/'
`;

export function parseDpkgDatabase(text: string): DpkgDatabase {
  const packages: InstalledPackage[] = [];
  const files: { owner: string; path: string }[] = [];
  const diverted: string[] = [];
  for (const line of text.split('\n')) {
    const body = line.slice(2);
    if (line.startsWith('F\t')) {
      const at = body.indexOf('.list:');
      files.push({ owner: body.slice(0, at), path: body.slice(at + '.list:'.length) });
    } else if (line.startsWith('P\t')) packages.push(...parsePackage(body));
    else if (line.startsWith('D\t')) diverted.push(body);
  }
  const diversions = new Map<string, { to: string; by: string }>();
  for (let at = 0; at + 2 < diverted.length; at += 3) {
    diversions.set(diverted[at] ?? '', { to: diverted[at + 1] ?? '', by: diverted[at + 2] ?? '' });
  }
  return { packages, files, diversions };
}

function parsePackage(line: string): readonly InstalledPackage[] {
  const [owner = '', architecture = '', version = '', status = '', preDepends = '', depends = '', provides = ''] =
    line.split('\t');
  if (status !== 'installed') return [];
  const name = owner.split(':')[0] ?? owner;
  return [
    {
      name,
      architecture,
      version,
      depends: [...parseRelations(preDepends), ...parseRelations(depends)],
      provides: parseRelations(provides).flat(),
    },
  ];
}

/** `libc6 (>= 2.34), python3:any | python` -> [[libc6], [python3, python]]. */
function parseRelations(text: string): readonly (readonly string[])[] {
  return text
    .split(',')
    .map((group) => group.split('|').map((one) => /^\s*([^\s(:[]+)/.exec(one)?.[1] ?? ''))
    .filter((group) => group[0] !== '');
}
