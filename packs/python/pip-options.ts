// `pip_options` as pip's own parser (optparse) would read it, but stricter: optparse takes every unambiguous beginning of an
// option (`--targ`), joins short ones (`-Ut DIR`, `-tDIR`) and lets a value begin with a dash, so that a list of
// forbidden words alone would be walked around.

import { parseArgsStringToArgv } from 'string-argv';
import { hasCredentials, redactCredentials, suggest } from '../../core/pack-kit.js';
import type { AllowedOption } from './pip-option-table.js';
import { ALLOWED_OPTIONS, REFUSED_OPTIONS } from './pip-option-table.js';

export interface PipOption {
  /** The long name: `--index-url` for `-i`. */
  readonly name: string;
  readonly value?: string;
}

export interface OptionProblem {
  readonly message: string;
  readonly hint: string;
}

export type PipOptions =
  /** `args` is an argument vector for `pip install`: long names, values joined by `=`. */
  | { readonly kind: 'options'; readonly args: readonly string[]; readonly options: readonly PipOption[] }
  | { readonly kind: 'problems'; readonly problems: readonly OptionProblem[] };

const NAMES = [...ALLOWED_OPTIONS, ...REFUSED_OPTIONS].flatMap(({ names }) => names);
const OFFERED = ALLOWED_OPTIONS.flatMap(({ names }) => names.filter((name) => name.startsWith('--')));

/** Splits and checks the text of `pip_options`. No shell reads it: quotes group words, nothing is expanded. */
export function parsePipOptions(text: string): PipOptions {
  if (/["']/.test(text.replace(/"[^"]*"|'[^']*'/g, ''))) {
    return { kind: 'problems', problems: [{ message: 'a quote is not closed', hint: 'expected: quotes in pairs' }] };
  }
  const words = parseArgsStringToArgv(text);
  const options: PipOption[] = [];
  const problems: OptionProblem[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    for (const { name, attached, last } of splitWord(word)) {
      const known = findOption(name);
      if (known.kind === 'problem') {
        problems.push(known.problem);
        if (known.takesValue && attached === undefined && last && !(words[at + 1] ?? '-').startsWith('-')) at++;
        continue;
      }
      const { option } = known;
      const long = option.names[0] ?? name;
      if (option.value === undefined) {
        if (attached !== undefined) problems.push({ message: `${long} takes no value`, hint: `expected: ${long}` });
        else options.push({ name: long });
        continue;
      }
      const value = attached ?? words[at + 1];
      if (value === undefined || value === '' || (attached === undefined && value.startsWith('-'))) {
        problems.push({ message: `${long} has no value`, hint: `expected: ${long}=VALUE` });
        continue;
      }
      if (attached === undefined) at++;
      const wrong = checkValue(long, option, value);
      if (wrong === undefined) options.push({ name: long, value });
      else problems.push(wrong);
    }
  }
  if (problems.length > 0) return { kind: 'problems', problems };
  const args = options.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
  return { kind: 'options', args, options };
}

interface NamedOption {
  readonly name: string;
  /** A value in the same word. */
  readonly attached?: string;
  /** Whether the next word may be its value. */
  readonly last: boolean;
}

/** The options in one word: `--name`, `--name=value`, `-Uq`, `-iURL`. */
function splitWord(word: string): readonly NamedOption[] {
  if (!/^-[^-]/.test(word)) {
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    return equals === -1
      ? [{ name: word, last: true }]
      : [{ name: word.slice(0, equals), attached: word.slice(equals + 1), last: true }];
  }
  const found: NamedOption[] = [];
  for (let at = 1; at < word.length; at++) {
    const name = `-${word.charAt(at)}`;
    const rest = word.slice(at + 1);
    const takesValue =
      ALLOWED_OPTIONS.some(({ names, value }) => value !== undefined && names.includes(name)) ||
      REFUSED_OPTIONS.some((option) => option.takesValue && option.names.includes(name));
    if (takesValue || !NAMES.includes(name)) {
      found.push({ name, ...(rest === '' ? {} : { attached: rest }), last: true });
      break;
    }
    found.push({ name, last: rest === '' });
  }
  return found;
}

type FoundOption =
  | { readonly kind: 'option'; readonly option: AllowedOption }
  | { readonly kind: 'problem'; readonly problem: OptionProblem; readonly takesValue: boolean };

function findOption(name: string): FoundOption {
  const option = ALLOWED_OPTIONS.find(({ names }) => names.includes(name));
  if (option !== undefined) return { kind: 'option', option };
  const refused = REFUSED_OPTIONS.find(({ names }) => names.includes(name));
  if (refused !== undefined) {
    const hint = `expected: pip_options without ${name}`;
    return {
      kind: 'problem',
      problem: { message: `${name}: ${refused.reason}`, hint },
      takesValue: refused.takesValue,
    };
  }
  const shown = redactCredentials(name.length > 60 ? `${name.slice(0, 59)}…` : name);
  const failed = (message: string, hint: string, takesValue = false): FoundOption => ({
    kind: 'problem',
    problem: { message, hint },
    takesValue,
  });
  if (!name.startsWith('-')) {
    return failed(`"${shown}" is not an option`, 'packages belong in the list pip, one an entry');
  }
  if (name === '-' || name === '--') return failed(`"${name}" is not an option`, 'expected: options of pip install');
  const whole = name.startsWith('--') ? NAMES.filter((candidate) => candidate.startsWith(name)) : [];
  if (whole.length > 0) {
    return failed(`${shown} is not written in full`, `expected: ${whole.join(' or ')}`, true);
  }
  const nearest = suggest(name, OFFERED);
  return failed(
    `${shown} is not an option of pip install`,
    nearest === undefined
      ? 'expected: an option of pip install, such as --index-url or --only-binary'
      : `did you mean ${nearest}?`,
    true,
  );
}

function checkValue(name: string, option: AllowedOption, value: string): OptionProblem | undefined {
  const kind = option.value;
  if (hasCredentials(value)) {
    return {
      message: `the URL of ${name} holds credentials`,
      hint: 'expected: the URL without them; a build takes them from the environment or a netrc file',
    };
  }
  const wrong = (expected: string): OptionProblem => ({
    message: `${name}: "${redactCredentials(value.length > 60 ? `${value.slice(0, 59)}…` : value)}" is not ${expected}`,
    hint: `expected: ${name} with ${expected}`,
  });
  if (/\$\{?\w/.test(value)) {
    return { message: `${name}: variables are not expanded in pip_options`, hint: 'expected: the value itself' };
  }
  if (kind === 'url') {
    return /^https?:\/\/[^/]/i.test(value) && URL.canParse(value) ? undefined : wrong('a URL of http or https');
  }
  if (kind === 'host')
    return /^[\w.-]+(?::\d+)?$|^\[[\da-f:]+\](?::\d+)?$/i.test(value) ? undefined : wrong('HOST or HOST:PORT');
  if (kind === 'number') return /^\d{1,5}(?:\.\d+)?$/.test(value) ? undefined : wrong('a number');
  if (Array.isArray(kind)) return kind.includes(value) ? undefined : wrong(`one of ${kind.join(', ')}`);
  return undefined;
}
