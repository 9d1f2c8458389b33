import type { Hook } from '@oclif/core/hooks';
import { unknownCommand } from '../unknown-command.js';

const hook: Hook<'command_not_found'> = async ({ id, config }) => {
  throw unknownCommand(id, config.commandIDs);
};

export default hook;
