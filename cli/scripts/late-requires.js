// An esbuild plugin for CommonJS that TypeScript has written: what a module requires is loaded at its first use and not with the
// module. Of oclif, a command line uses a small part; loading all of it takes longer than most commands do.
import { readFile } from 'node:fs/promises';

const REQUIRE = /^(?:const|var) (\w+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm;

/** Only names of which members are read, and nothing else: whatever else is done with a module, it needs it at once. */
export function requireLate(source) {
  return [...source.matchAll(REQUIRE)].reduce((text, [statement, name, loaded]) => {
    const rest = text.replace(statement, '');
    const every = rest.match(new RegExp(`(?<![\\w$])${name}(?![\\w$])`, 'g')) ?? [];
    const member = new RegExp(`(?<![\\w$.'"])${name}(?=\\.\\w)`, 'g');
    if (every.length !== (rest.match(member) ?? []).length) return text;
    const before = text.indexOf(statement);
    const after = before + statement.length;
    const made = new RegExp(`(?<![\\w$.])new ${name}((?:\\.\\w+)+)`, 'g');
    const called = (part) => part.replace(made, `new (${name}()$1)`).replace(member, `${name}()`);
    return `${called(text.slice(0, before))}const ${name} = () => ${loaded};${called(text.slice(after))}`;
  }, source);
}

/** The same for functions of Node's that take long to load and that most command lines do without. */
export function importCryptoLate(source) {
  return source.replace(/^import \{ ([\w, ]+) \} from 'node:crypto';$/m, (_, names) =>
    names
      .split(', ')
      .map((name) => `const ${name} = (...args) => require('node:crypto').${name}(...args);`)
      .join(' '),
  );
}

export const lateRequires = (filter) => ({
  name: 'late-requires',
  setup(context) {
    context.onLoad({ filter }, async ({ path }) => ({
      contents: requireLate(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
});
