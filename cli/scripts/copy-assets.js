// Copies what tsc does not emit (programs and data that packs and plugins read beside their code) into dist.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const assets = {
  core: ['.json', '.sh', '.py', '.js', '.cjs'],
  packs: ['.py', '.sh', '.json', '.java', '.cjs'],
  plugins: ['.sh', '.json', '.py'],
  cli: ['.tmpl'],
};

for (const [folder, extensions] of Object.entries(assets)) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || !extensions.includes(extname(entry.name)) || /\/(fixtures|test-support)\//.test(from))
      continue;
    const to = join(root, 'dist', from.slice(root.length));
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}
