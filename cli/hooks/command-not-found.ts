import type { Hook } from '@oclif/core';
import { usageError } from '../../core/errors/errors.js';
import { suggest } from '../../core/spec/suggest.js';

/** Says what was probably meant. The id has the words of the command line joined by colons, arguments included. */
const hook: Hook<'command_not_found'> = async ({ id, config }) => {
  const words = id.split(':');
  const [first = '', second = ''] = words;
  if (id.startsWith('-')) throw usageError(`unknown flag: ${first}`, 'rnx --help lists the commands');
  const commands = config.commandIDs.map((command) => command.split(':'));
  const isTopic = commands.some(([topic, name]) => topic === first && name !== undefined);
  const known = isTopic
    ? commands.filter(([topic]) => topic === first).map(([, name]) => name ?? '')
    : commands.map(([topic]) => topic ?? '');
  const nearest = suggest(isTopic ? second : first, [...new Set(known)].filter(Boolean));
  const prefix = isTopic ? `rnx ${first}` : 'rnx';
  throw usageError(
    `unknown command: rnx ${isTopic ? `${first} ${second}` : first}`,
    nearest === undefined ? `${prefix} --help lists the commands` : `did you mean ${prefix} ${nearest}?`,
  );
};

export default hook;
