import { isDeepStrictEqual } from 'node:util';
import type { PackRequest } from '../../../../core/contracts/language-pack.js';
import type { Bench } from '../bench.js';

export async function pure({ pack, given, version }: Bench): Promise<readonly string[]> {
  const base: PackRequest = { role: 'base', version, values: given.values };
  const bare: PackRequest = { role: 'base', version, values: {} };
  const addition: PackRequest = { role: 'addition', values: given.values };
  const requests = [base, bare, ...(pack.keys.some((key) => key.packages) ? [addition] : [])].map(frozen);
  const problems: string[] = [];
  const ask = <T>(what: string, question: () => T): T | undefined => {
    try {
      const answer = question();
      if (!isDeepStrictEqual(answer, question())) problems.push(`${what} answers otherwise the second time`);
      return answer;
    } catch (error) {
      problems.push(`${what} throws ${String(error)}`);
      return undefined;
    }
  };
  for (const request of requests) {
    const of = `for ${request.role === 'base' ? 'the language' : 'an addition'}`;
    for (const found of ask(`checkSpec ${of}`, () => pack.checkSpec(request)) ?? []) {
      if (found.severity !== 'warning')
        problems.push(`checkSpec finds fault with the case's own values: ${found.message}`);
    }
    ask(`distributionPackages ${of}`, () => pack.distributionPackages(request, 'apt'));
    const nowhere = ask(`distributionPackages ${of}, of no family that there is,`, () =>
      pack.distributionPackages(request, 'no-such-family'),
    );
    if ((nowhere ?? []).length > 0) problems.push('distributionPackages names packages of a family that there is not');
    const environment = ask(`environment ${of}`, () => pack.environment(request)) ?? {};
    for (const name of Object.keys(environment)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) problems.push(`environment: ${name} is no name of a variable`);
    }
    const commands = ask(`smokeTest ${of}`, () => pack.smokeTest(request, [])) ?? [];
    if (commands.length === 0) problems.push(`smokeTest ${of} tests nothing`);
    for (const { title, args } of commands)
      if (args.length === 0) problems.push(`smoke test "${title}" runs no command`);
  }
  return problems;
}

/** What changes it throws, as modules run in strict mode. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}
