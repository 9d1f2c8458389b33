import { describe, expect, it } from 'vitest';
import { unknownCommand } from './unknown-command.js';

const COMMANDS = ['help', 'job:run', 'runtime:build', 'runtime:info', 'runtime:list', 'version'];

describe('unknownCommand', () => {
  it.each([
    { id: 'runtime:lst', message: 'unknown command: rnx runtime lst', hint: 'did you mean rnx runtime list?' },
    { id: 'runtime:lst:x:y', message: 'unknown command: rnx runtime lst', hint: 'did you mean rnx runtime list?' },
    { id: 'rutime:list', message: 'unknown command: rnx rutime', hint: 'did you mean rnx runtime?' },
    { id: 'job:zzzzzz', message: 'unknown command: rnx job zzzzzz', hint: 'rnx job --help lists the commands' },
    { id: 'zzzzzz', message: 'unknown command: rnx zzzzzz', hint: 'rnx --help lists the commands' },
    { id: '--zzz', message: 'unknown flag: --zzz', hint: 'rnx --help lists the commands' },
  ])('answers $id', ({ id, message, hint }) => {
    expect(unknownCommand(id, COMMANDS)).toMatchObject({ message, hint, exitCode: 2 });
  });
});
