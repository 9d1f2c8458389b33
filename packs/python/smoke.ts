import type { LanguagePackage, PackRequest, SmokeCommand } from '../../core/contracts/language-pack.js';
import { requirementsOf } from './pip-session.js';
import { normaliseName, requirementName } from './requirement-name.js';
import { interpreter } from './versions.js';

/**
 * Imports the modules of each package named on the command line. A package fails when a module of its own name, or every
 * module, cannot be imported; other exceptions than ImportError (no display, no device) are the package's own business.
 */
const IMPORT_SCRIPT = `
import importlib, importlib.metadata, os, sys

def modules(name):
    found = set()
    for file in importlib.metadata.distribution(name).files:
        parts = file.parts
        if parts[0].startswith(("..", "_", ".")) or not all(part.split(".")[0].isidentifier() for part in parts):
            continue
        if len(parts) == 1 and parts[0].endswith((".py", ".so")):
            found.add(parts[0].split(".")[0])
        elif parts[-1] == "__init__.py":
            found.add(".".join(parts[:-1]))
    top = {m for m in found if not any(m != other and m.startswith(other + ".") for other in found)}
    skip = {"tests", "test", "testing", "docs", "doc", "examples", "benchmarks", "scripts", "conftest", "setup"}
    return sorted(top - skip)

failed = []
for name in sys.argv[1:]:
    if importlib.metadata.distribution(name).files is None:
        failed.append("%s: its list of files (RECORD) is gone" % name)
        continue
    errors = {}
    names = modules(name)
    for module in names:
        try:
            importlib.import_module(module)
        except ImportError as error:
            errors[module] = error
        except (Exception, SystemExit) as error:
            print("note: import %s: %r" % (module, error), file=sys.stderr)
    same = name.replace("-", "_").lower()
    if errors and (len(errors) == len(names) or same in {m.lower() for m in errors}):
        # Of a text over many lines, as numpy has it, the last one names the cause.
        last = {m: (str(e).strip().splitlines() or [repr(e)])[-1] for m, e in errors.items()}
        failed += ["%s: import %s: %s" % (name, m, line) for m, line in last.items()]
print("\\n".join(failed) if failed else "all imports work")
sys.stdout.flush()
os._exit(1 if failed else 0)
`;

/** What a finished python runtime must do. */
export function smokeCommands(request: PackRequest, packages: readonly LanguagePackage[]): readonly SmokeCommand[] {
  const python = interpreter(request);
  const version = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const commands: SmokeCommand[] = [...new Set([python, 'python3', 'python'])].map((name) => ({
    title: request.version === undefined ? `${name} runs` : `${name} is python ${request.version}`,
    args: [name, '-c', version],
    ...(request.version === undefined ? {} : { expectLine: request.version }),
  }));
  commands.push(
    { title: 'pip runs', args: ['pip', '--version'] },
    {
      title: 'the standard library is whole',
      args: [python, '-c', 'import bz2, ctypes, hashlib, lzma, sqlite3, ssl, zlib'],
    },
  );
  const requested = new Set(requirementsOf(request).map(requirementName));
  const names = packages.map(({ name }) => name).filter((name) => requested.has(normaliseName(name)));
  if (names.length > 0) {
    commands.push({ title: 'its pip packages can be imported', args: [python, '-c', IMPORT_SCRIPT, ...names] });
  }
  return commands;
}
