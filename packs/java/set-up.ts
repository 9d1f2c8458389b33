import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { PackRequest, PackRoot, PackServices } from '../../core/contracts/language-pack.js';
import { buildStepFailed, makePrivateDirectory, writePrivateFile } from '../../core/pack-kit.js';
import type { JavaHost } from './java-host.js';
import { hostTrustStore } from './trust-store.js';
import { ARCHIVE_HOME, homePatterns, JAVA_HOME } from './versions.js';

const AUTHORITIES = '/tmp/joblet-java/cacerts';

/**
 * $1 patterns of where the JDK may be, $2 the link for JAVA_HOME, $3 the home of an archive. The trust store of a distribution's JDK is
 * a link to a file that its certificates package keeps; the store is put there, so that this package goes on keeping it.
 */
const SET_UP = `set -e
home=
for one in $1; do [ -x "$one/bin/javac" ] && { home=$one; break; }; done
[ -n "$home" ] || { echo "there is no JDK at $1" >&2; exit 1; }
mkdir -p "$(dirname "$2")"
[ -e "$2" ] || ln -sfn "$home" "$2"
if [ "$home" = "$3" ]; then
  mkdir -p /usr/local/bin
  for program in "$home"/bin/*; do ln -sfn "$program" "/usr/local/bin/\${program##*/}"; done
  rm -rf "$home/demo" "$home/sample" "$home/man" "$home/src.zip" "$home/lib/src.zip" \\
    "$home/lib/libawt_xawt.so" "$home/lib/libjawt.so" "$home/lib/libsplashscreen.so"
fi
if [ -e ${AUTHORITIES} ]; then
  store=$(readlink -m "$home/lib/security/cacerts")
  install -D -m 644 ${AUTHORITIES} "$store"
fi`;

/** JAVA_HOME at one place, the programs of an archive on PATH, and the host's authorities in java's own trust store. */
export async function setUpJava(
  request: PackRequest,
  root: PackRoot,
  services: PackServices,
  own: JavaHost,
): Promise<void> {
  services.progress('making the JDK the java of the runtime');
  const work = await makePrivateDirectory(services.scratchDir, 'set-up', own.ids);
  try {
    const authorities = await hostTrustStore(own);
    if (authorities !== undefined) await writePrivateFile(path.join(work, 'cacerts'), authorities, own.ids);
    const result = await root.runner.run({
      args: ['/bin/sh', '-c', SET_UP, 'set-up', homePatterns(request).join(' '), JAVA_HOME, ARCHIVE_HOME],
      binds: [{ hostPath: work, rootPath: path.posix.dirname(AUTHORITIES) }],
    });
    if (result.status !== 0) {
      throw buildStepFailed(
        'java cannot be set up',
        result.stderrTail.trim().split('\n').at(-1) || 'see the output above',
        {
          status: result.status,
          stderrTail: result.stderrTail,
        },
      );
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
