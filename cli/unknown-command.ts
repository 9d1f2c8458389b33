import { usageError } from '../core/errors/errors.js';
import type { JobletError } from '../core/errors/joblet-error.js';
import { suggest } from '../core/spec/suggest.js';

/** Says what was probably meant. `id` has the words of the command line joined by colons, arguments included. */
export function unknownCommand(id: string, commandIds: readonly string[]): JobletError {
  const [first = '', second = ''] = id.split(':');
  if (id.startsWith('-')) return usageError(`unknown flag: ${first}`, 'rnx --help lists the commands');
  const commands = commandIds.map((command) => command.split(':'));
  const isTopic = commands.some(([topic, name]) => topic === first && name !== undefined);
  const known = isTopic
    ? commands.filter(([topic]) => topic === first).map(([, name]) => name ?? '')
    : commands.map(([topic]) => topic ?? '');
  const nearest = suggest(isTopic ? second : first, [...new Set(known)].filter(Boolean));
  const prefix = isTopic ? `rnx ${first}` : 'rnx';
  return usageError(
    `unknown command: rnx ${isTopic ? `${first} ${second}` : first}`,
    nearest === undefined ? `${prefix} --help lists the commands` : `did you mean ${prefix} ${nearest}?`,
  );
}
