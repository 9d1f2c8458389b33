import { valueFlagsOfJobRun } from './job-run-flags.js';

/** First words that only group commands. */
const TOPICS = ['runtime', 'job', 'volume', 'pack', 'system'];
/** Commands of oclif's own plugins, which know none of our flags. */
const FOREIGN = ['help', 'autocomplete'];

/**
 * Brings a command line into the form that oclif parses: `--json` and `--root` may stand before the command, and nothing
 * after the CMD of `job run` is a flag of ours. oclif looks for `--help` anywhere before `--`, so the `--` has to be there
 * before it sees the line.
 */
export function prepareArguments(argv: readonly string[]): string[] {
  const { globals, words, rest } = splitLeading(argv);
  const [first, second] = words;
  if (first === undefined || FOREIGN.includes(first)) return [...words, ...rest];
  if (first === 'job' && second === 'run') return [...words, ...globals, ...endFlagsAtCommand(rest)];
  return [...words, ...globals, ...rest];
}

function splitLeading(argv: readonly string[]): { globals: string[]; words: string[]; rest: string[] } {
  const globals: string[] = [];
  const words: string[] = [];
  let at = 0;
  while (at < argv.length) {
    const arg = argv[at] ?? '';
    if (arg === '--json' || arg.startsWith('--root=')) globals.push(arg);
    else if (arg === '--root') globals.push(arg, ...argv.slice(++at, at + 1));
    else if (arg.startsWith('-')) break;
    else words.push(...(words.length === 0 && arg === 'job:run' ? ['job', 'run'] : [arg]));
    at++;
    const [first] = words;
    if (words.length === 2 || (first !== undefined && !TOPICS.includes(first))) break;
  }
  return { globals, words, rest: argv.slice(at) };
}

/** Puts `--` before the first argument that is neither a flag of `job run` nor the value of one. */
function endFlagsAtCommand(rest: readonly string[]): string[] {
  for (let at = 0; at < rest.length; at++) {
    const arg = rest[at] ?? '';
    if (arg === '--') return [...rest];
    if (valueFlagsOfJobRun.includes(arg)) at++;
    else if (!arg.startsWith('-') || arg === '-') return [...rest.slice(0, at), '--', ...rest.slice(at)];
  }
  return [...rest];
}
