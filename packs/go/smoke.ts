import type { LanguagePackage, PackRequest, SmokeCommand } from '../../core/contracts/language-pack.js';

const PURE = `package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
)

func main() {
	fmt.Println("compiled", http.StatusOK, tls.VersionTLS12)
}
`;

const WITH_C = `package main

// static int two(void) { return 2; }
import "C"
import "fmt"

func main() {
	fmt.Println("called C", C.two())
}
`;

/** $1 CGO_ENABLED, $2 the program. */
const RUN = `set -e
mkdir -p /tmp/smoke && cd /tmp/smoke
printf 'module smoke\\n' > go.mod
printf '%s' "$2" > main.go
CGO_ENABLED=$1 go build -o smoke .
./smoke`;

/** $1 what \`go version\` has to begin with; the patch release may be any. */
const VERSION = `set -e
version=$(go version | cut -d' ' -f3)
case "$version" in go$1|go$1.*|go$1rc*|go$1beta*) echo "go $1" ;; *) echo "this is $version" >&2; exit 1 ;; esac
gofmt -h >/dev/null 2>&1 || [ $? = 2 ]`;

/** Each argument is a module that has to be there without a network. */
const MODULES = `set -e
mkdir -p /tmp/modules && cd /tmp/modules
printf 'module smoke\\n' > go.mod
for one; do GOPROXY=\${GOPROXY%%,*} go mod download "$one"; done
echo 'all modules are there'`;

/** What a finished go runtime must do. */
export function smokeCommands(request: PackRequest, packages: readonly LanguagePackage[]): readonly SmokeCommand[] {
  const { version } = request;
  const run = (cgo: '0' | '1', program: string) => ['sh', '-c', RUN, 'smoke', cgo, program];
  const commands: SmokeCommand[] = [
    ...(version === undefined
      ? []
      : [
          {
            title: `go is version ${version}`,
            args: ['sh', '-c', VERSION, 'smoke', version],
            expectLine: `go ${version}`,
          },
        ]),
    { title: 'go compiles and runs a program', args: run('0', PURE), expectLine: 'compiled 200 771' },
    { title: 'go compiles and runs a program that calls C', args: run('1', WITH_C), expectLine: 'called C 2' },
  ];
  const modules = packages.filter(({ hash }) => hash?.startsWith('h1:')).map(({ label }) => label);
  if (modules.length > 0) {
    commands.push({
      title: 'its modules are there',
      args: ['sh', '-c', MODULES, 'smoke', ...modules],
      expectLine: 'all modules are there',
    });
  }
  return commands;
}
