import type { PackRequest, PackRoot, PackServices } from '../../core/contracts/language-pack.js';
import { buildStepFailed } from '../../core/pack-kit.js';
import { homePatterns } from './versions.js';

/**
 * $1 patterns of where Go may be. Since 1.20 the standard library comes as source alone: without `installgoroot=all` every job would
 * compile it anew. https://go.dev/doc/go1.20#cmd-go
 */
const SET_UP = `set -e
home=
for one in $1; do [ -x "$one/bin/go" ] && { home=$one; break; }; done
[ -n "$home" ] || { echo "there is no Go at $1" >&2; exit 1; }
mkdir -p /usr/local/bin
for program in go gofmt; do ln -sfn "$home/bin/$program" /usr/local/bin/$program; done
export GOCACHE=/tmp/joblet-go-build GOTOOLCHAIN=local GODEBUG=installgoroot=all
ls "$home"/pkg/linux_*/fmt.a >/dev/null 2>&1 || go install std
rm -rf "$GOCACHE"
go version`;

/** go on PATH, and its standard library compiled. */
export async function setUpGo(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
  services.progress('compiling the standard library');
  const result = await root.runner.run({ args: ['/bin/sh', '-c', SET_UP, 'set-up', homePatterns(request)] });
  if (result.status === 0) return;
  throw buildStepFailed('go cannot be set up', result.stderrTail.trim().split('\n').at(-1) || 'see the output above', {
    status: result.status,
    stderrTail: result.stderrTail,
  });
}
