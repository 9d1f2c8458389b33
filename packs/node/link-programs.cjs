// Links the commands of the packages that a project names. Arguments: node_modules, directory of links, package.json.
const fs = require('node:fs');
const path = require('node:path');

const [modules, links, project] = process.argv.slice(2);
const { dependencies } = JSON.parse(fs.readFileSync(project, 'utf8'));
for (const name of Object.keys(dependencies)) {
  const { bin = {} } = JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json'), 'utf8'));
  const programs = typeof bin === 'string' ? [name.split('/').pop()] : Object.keys(bin);
  for (const program of programs) {
    const target = path.join(modules, '.bin', program);
    const link = path.join(links, path.basename(program));
    // npm has made it, and made it executable.
    if (!fs.existsSync(target)) continue;
    fs.rmSync(link, { force: true });
    fs.symlinkSync(target, link);
  }
}
