import type { RootCommandResult } from '../../core/contracts/command-runner.js';
import { diskFull, type JobletError, networkFailed, packageNotFound, redactCredentials } from '../../core/pack-kit.js';
import { goFailed } from './errors.js';
import { parseModuleQuery } from './module-query.js';

const MISSING =
  /\b40[34] [A-Z]|410 Gone|no matching versions for query|unknown revision|cannot find module|not found: module|repository .* not found|does not contain package|unrecognized import path/;
const NETWORK =
  /dial tcp|no such host|connection refused|i\/o timeout|TLS handshake|x509:|proxyconnect|\b50[234] [A-Z]|401 Unauthorized|network is unreachable|unexpected EOF/;

/** Reads what go says, and what it is about: `list` is the spec's. */
export function goError({ stderrTail }: RootCommandResult, list: readonly string[]): JobletError {
  const text = redactCredentials(stderrTail).trim();
  const lines = text
    .split('\n')
    .filter((line) => /^go: |error|\bat\b/i.test(line) && !/^go: (?:downloading|finding|added|upgraded) /.test(line));
  const line = (lines[0] ?? text.split('\n').at(-1) ?? '').replace(/^go: /, '') || 'see the output above';
  const about = { ...pathOf(line, list), output: text };
  if (/no space left on device/.test(text)) return diskFull(text);
  if (/SECURITY ERROR|checksum mismatch/.test(text)) {
    return goFailed(
      line,
      'the module is not what its checksum says: another proxy, or an attack; nothing of it is kept',
      about,
    );
  }
  if (NETWORK.test(line))
    return networkFailed(line, 'check GOPROXY, GOSUMDB, and the proxies and authorities of this host', text);
  const newer = /requires go >= ([\d.]+)|module requires Go ([\d.]+)/.exec(text);
  if (newer) {
    return goFailed(line, `name an older version of the module, or base.version "${newer[1] ?? newer[2]}"`, about);
  }
  if (MISSING.test(text)) {
    const missing = lines.find((one) => MISSING.test(one)) ?? line;
    const { path } = pathOf(missing, list);
    const entry = path === undefined ? undefined : list[Number(path[1])];
    return packageNotFound(entry ?? missing.replace(/^go: /, ''), {
      hint: 'check its path and version; a private module needs GOPRIVATE or a proxy that has it',
      details: { ...(path ? { path } : {}), output: text },
    });
  }
  return goFailed(line, 'the lines above are from go; run with -v for all of them', about);
}

/** The entry of `go` that a sentence names. */
function pathOf(text: string, list: readonly string[]): { readonly path?: readonly (string | number)[] } {
  const paths = list.map((entry) => parseModuleQuery(entry)?.path ?? entry);
  const found = paths
    .map((path, index) => ({ index, at: text.indexOf(path), length: path.length }))
    .filter(({ at }) => at >= 0);
  const [first] = found.sort((a, b) => a.at - b.at || b.length - a.length);
  return first === undefined ? {} : { path: ['go', first.index] };
}
