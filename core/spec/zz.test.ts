import { it } from 'vitest';
import { specOptions } from '../../fixtures/spec-options.js';
import { parseSpecText } from './parse-spec.js';
const HEAD = 'schema_version: "1.0"\nname: sample\nversion: 1.0.0\ndescription: A\nbase:\n  language: python\n  version: "3.11"\n';
const M = 1024*1024-200;
const cases: Record<string,string> = {
  brackets: '['.repeat(M), braces: '{'.repeat(M), dashes: '- '.repeat(M/2), qm: '? '.repeat(M/2), colons: ': '.repeat(M/2),
  list: 'pip:\n'+'- a\n'.repeat(M/4), map: Array.from({length:60000},(_, i)=>`k${i}: 1`).join('\n'), dup: 'a: 1\n'.repeat(M/5),
  quotes: '"'.repeat(M), quote1: 'a: "'+'x'.repeat(M), spaces: ' '.repeat(M), nl: '\n'.repeat(M), bad: HEAD+'@\n'.repeat(M/2), stars: 'a: [' + '*a,'.repeat(M/3), aliases: 'a: &a 1\nb: [' + '*a, '.repeat(M/4)+']',
  tabs: '\t'.repeat(M), longline: HEAD+'pip: ["'+'a'.repeat(M-1000)+'"]', longkey: HEAD+'k'.repeat(1000)+': x', comments: '#\n'.repeat(M/2), docs: '---\n'.repeat(M/4), anchors: '&a '.repeat(M/3), tags: '! '.repeat(M/2), ampkey: Array.from({length:40000},(_, i)=>`- &k${i} a`).join('\n'),
  indent: Array.from({length:1400},(_, i)=>' '.repeat(i)+'a:').join('\n'), flowmulti: HEAD+'environment: {'+Array.from({length:30000},(_, i)=>`K${i}: ${i}`).join(', ')+'}', at: 'a@'.repeat(M/2), url: HEAD+'pip_options: "'+'http://a:'.repeat(M/12)+'"', urls2: HEAD+'x: '+'a'.repeat(M/2), block: HEAD+'hooks:\n  pre_install: |\n'+'    x\n'.repeat(M/6),
  pipmany: HEAD+'pip:\n'+Array.from({length:1000},(_, i)=>`  - pkg${i}[a,b]>=1.0,<2; python_version < "3.9" and (os_name == "posix" or sys_platform == "linux")`).join('\n'),
  pipparen: HEAD+`pip:\n  - 'a; ${'('.repeat(480)}os_name=="a"${')'.repeat(480)}'`,
  libs: HEAD+'libraries:\n'+Array.from({length:1000},(_, i)=>`  - lib${i}*`).join('\n'),
};
for (const [name, text] of Object.entries(cases)) it(name, () => {
  const t = Date.now(); let r = 'ok';
  try { parseSpecText(text, specOptions); } catch (e: any) { r = e.code + ' ' + e.message.slice(0, 150).replaceAll('\n', '|') + ' len ' + e.message.length; if (!e.code) throw e; }
  console.log(name, Date.now() - t, 'ms', r);
}, 60000);
