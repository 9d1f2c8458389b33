// held-build.js STORE SPEC NUMBER: builds as rnx does, but before phase NUMBER it prints "held" and waits for a line of input.
import { once } from 'node:events';
import process from 'node:process';
import { createBuilder, PHASE } from '../../dist/plugins/index.js';

const [root, path, number] = process.argv.slice(2);
const hold = {
  number: Number(number) - 0.5,
  id: 'hold',
  title: 'Hold',
  description: 'Waits for the test.',
  async run() {
    console.log('held');
    await once(process.stdin, 'data');
    process.stdin.destroy();
  },
};
const host = { env: process.env, home: process.env.HOME, now: () => new Date() };
const plugins = [(container) => container.register(PHASE, { useValue: hold })];
try {
  await createBuilder({ root, host, plugins }).build({ path });
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exitCode = error.exitCode;
}
