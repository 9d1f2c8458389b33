import type { PackRequest } from '../../core/contracts/language-pack.js';

/** What `go get` is asked for. */
export interface ModuleQuery {
  /** Of a module, or of a package in one: `golang.org/x/tools/cmd/stringer`. */
  readonly path: string;
  /** `v0.14.0`, `v1`, a commit, a branch; `latest` where the entry names none. */
  readonly version: string;
}

/** https://go.dev/ref/mod#go-mod-file-ident: the first element is a host name. */
const PATH = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+(?::\d+)?(?:\/[A-Za-z0-9_~][A-Za-z0-9._~-]*)*$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+/-]*$/;
/** These mean something only beside an older version. */
const RELATIVE = new Set(['none', 'patch', 'upgrade']);

/** Undefined for what names no module. */
export function parseModuleQuery(entry: string): ModuleQuery | undefined {
  const [path = '', version = 'latest', ...more] = entry.split('@');
  if (more.length > 0 || !PATH.test(path) || !VERSION.test(version) || RELATIVE.has(version)) return undefined;
  return { path, version };
}

export function modulesOf(request: PackRequest): readonly string[] {
  const list = request.values['go'];
  return Array.isArray(list) ? list.map(String) : [];
}

export function queriesOf(request: PackRequest): readonly ModuleQuery[] {
  return modulesOf(request).flatMap((entry) => parseModuleQuery(entry) ?? []);
}
