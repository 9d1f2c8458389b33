import { hasRawBytes, toBytes } from '../../core/process/raw-bytes.js';
import type { ProcessInRoot } from './bundle.js';

/** Where a process finds its arguments, when the configuration, which is JSON, cannot hold them. */
export const EXEC_SCRIPT = '/dev/arguments';

/** The file that is mounted there. */
export function execScriptPath(privateDirectory: string): string {
  return `${privateDirectory}/arguments`;
}

/**
 * A script for the root's own sh that runs the process's command, each of its words quoted: arguments and variables that are not UTF-8
 * reach it byte for byte. Undefined when all are.
 */
export function execScript({ args, env }: Pick<ProcessInRoot, 'args' | 'env'>): Buffer | undefined {
  const variables = rawVariables(env);
  if (variables.length === 0 && !args.some(hasRawBytes)) return undefined;
  const words = [...(variables.length === 0 ? [] : ['env', ...variables]), ...args];
  return Buffer.concat([Buffer.from('exec'), ...words.map(quoted), Buffer.from('\n')]);
}

/** Those that only the script can give, as NAME=VALUE. */
export function rawVariables(env: ProcessInRoot['env']): string[] {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .filter(hasRawBytes);
}

function quoted(word: string): Buffer {
  return Buffer.concat([Buffer.from(" '"), toBytes(word.replaceAll("'", "'\\''")), Buffer.from("'")]);
}
