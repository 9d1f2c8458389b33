// Entries of `pip`: PEP 508 requirements with PEP 440 versions, one an entry. pip itself takes much more on its command line
// (options, paths, files of requirements); none of that belongs in a list of packages.

import { validRange } from '@renovatebot/pep440';
import type { Requirement } from 'pip-requirements-js';
import { parsePipRequirementsLine } from 'pip-requirements-js';
import { hasCredentials, redactCredentials } from '../../core/pack-kit.js';
import { normaliseName } from './requirement-name.js';

export type CheckedRequirement =
  | {
      readonly kind: 'requirement';
      /** As PEP 503 normalises it: `scikit-learn`. */
      readonly name: string;
      /** Has an environment marker, so it may not apply. */
      readonly conditional: boolean;
    }
  | { readonly kind: 'problem'; readonly message: string; readonly hint: string };

const EXPECTED = 'expected: a requirement such as numpy, pandas>=2.0.0 or uvicorn[standard]==0.30.*';
const URL_SCHEMES = /^(?:https?|(?:git|hg|svn|bzr)\+(?:https?|ssh)):\/\//i;
const ARCHIVE = /\.(?:whl|tar\.gz|tgz|zip|tar\.bz2)$/i;

/** Checks one entry. */
export function checkRequirement(entry: string): CheckedRequirement {
  const text = entry.trim();
  const shown = `"${redactCredentials(text.length > 60 ? `${text.slice(0, 59)}…` : text)}"`;
  const plain = findMisplaced(text, shown);
  if (plain !== undefined) return plain;
  const parsed = parse(text);
  if (parsed === undefined || (parsed.type !== 'ProjectName' && parsed.type !== 'ProjectURL')) {
    return problem(`${shown} is not a requirement`, guess(text));
  }
  if (!/^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i.test(parsed.name)) {
    return problem(`${shown} is not a requirement`, 'expected: a name of ASCII letters, digits, ".", "-" and "_"');
  }
  if (parsed.type === 'ProjectURL') {
    const wrong = checkUrl(parsed.name, parsed.url);
    if (wrong !== undefined) return wrong;
  } else if (!hasValidVersions(text, parsed.versionSpec ?? [])) {
    return problem(
      `${shown} has no valid version`,
      'expected: versions as PEP 440 has them, such as >=1.26,<3 or ==2.1.*',
    );
  }
  return {
    kind: 'requirement',
    name: normaliseName(parsed.name),
    conditional: parsed.environmentMarkerTree !== undefined,
  };
}

/** What is plainly something else than a requirement. */
function findMisplaced(text: string, shown: string): CheckedRequirement | undefined {
  if (text === '') return problem('is empty', EXPECTED);
  if (hasCredentials(text)) return credentialsProblem();
  if (/[\r\n]/.test(text)) return problem('holds a line break', 'expected: one requirement an entry');
  if (/^-(?:r|-requirement)/.test(text)) {
    return problem(`${shown} is an option, not a requirement`, 'expected: the packages of that file, one an entry');
  }
  if (/^-(?:e|-editable)/.test(text)) {
    return problem(
      `${shown} is an option, not a requirement`,
      'expected: NAME @ git+https://…, not an editable install',
    );
  }
  if (text.startsWith('-')) {
    return problem(`${shown} is an option, not a requirement`, 'options of pip install belong in pip_options');
  }
  if (/^pip3?\s+install\b/.test(text)) return problem(`${shown} is a command`, EXPECTED);
  if (/(?:^|\s)#/.test(text)) return problem(`${shown} holds a comment`, 'a comment goes outside of the quotes');
  if (/\s--?[a-z]/i.test(text)) {
    return problem(
      `${shown} holds an option`,
      'expected: the requirement alone; options of pip install belong in pip_options',
    );
  }
  if (/^(?:\.{1,2}(?:\/|$|\[)|\/|~|file:)/i.test(text) || (ARCHIVE.test(text) && !text.includes(':'))) {
    return problem(
      `${shown} is a path`,
      'a build does not see files of this machine; expected: a name, or NAME @ https://…',
    );
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return problem(`${shown} has no name`, 'expected: NAME @ URL, so that the package is known before it is fetched');
  }
  return undefined;
}

function checkUrl(name: string, url: string): CheckedRequirement | undefined {
  if (/^v?\d[\w.]*$/.test(url)) {
    return problem(`"${name}@${url}" is not a requirement`, `did you mean ${name}==${url.replace(/^v/, '')}?`);
  }
  if (!URL_SCHEMES.test(url)) {
    const shown = `"${name} @ ${redactCredentials(url)}"`;
    return problem(`${shown} is not fetched from the network`, 'expected: NAME @ https://… or NAME @ git+https://…');
  }
  return undefined;
}

function credentialsProblem(): CheckedRequirement {
  return problem(
    'the URL holds credentials',
    'expected: the URL without them; a build takes them from the environment or a netrc file',
  );
}

/** With two gaps of the parser filled: it knows neither `===`, nor a marker after a URL. */
function parse(text: string): Requirement | undefined {
  const [, location, marker] = /^([^@]+@\s*\S+)\s+;(.+)$/.exec(text) ?? [];
  if (location !== undefined && marker !== undefined) {
    const [requirement, conditional] = [parse(location), parse(`name;${marker}`)];
    if (requirement?.type !== 'ProjectURL' || conditional?.type !== 'ProjectName') return undefined;
    const tree = conditional.environmentMarkerTree;
    return tree === undefined ? undefined : { ...requirement, environmentMarkerTree: tree };
  }
  try {
    return parsePipRequirementsLine(text.replace(/===/g, '== ')) ?? undefined;
  } catch {
    return undefined;
  }
}

function hasValidVersions(
  text: string,
  specs: readonly { readonly operator: string; readonly version: string }[],
): boolean {
  // === compares any text.
  if (text.includes('===')) return true;
  return specs.every(({ operator, version }) => validRange(`${operator}${version}`));
}

/** What the writer of a broken requirement may have meant. */
function guess(text: string): string {
  const [, name, version] = /^([\w.-]+(?:\[[\w.,-]*\])?)\s*(?:=|\s|:|@|=>|=<)\s*v?(\d[\w.*+!-]*)$/.exec(text) ?? [];
  if (name !== undefined && version !== undefined) return `did you mean ${name}==${version}?`;
  if (/^[\w.-]+(?:[\s,]+[\w.-]+)+$/.test(text)) return 'expected: one requirement an entry';
  return EXPECTED;
}

function problem(message: string, hint: string): CheckedRequirement {
  return { kind: 'problem', message, hint };
}
