import type { LanguagePackage, PackRequest, SmokeCommand } from '../../core/contracts/language-pack.js';
import { JAR_DIR } from './install.js';
import { jarFileName } from './plan-data.js';

/** Prints the version asked for when it is this java's. Opens the trust store, as every TLS connection does. */
const LANGUAGE = `
import java.security.KeyStore;
import javax.net.ssl.*;
public class JobletSmoke {
    public static void main(String[] args) throws Exception {
        String version = System.getProperty("java.version").split("[-+]")[0];
        String asked = args.length > 0 ? args[0] : version;
        if (!version.equals(asked) && !version.startsWith(asked + ".")) throw new Error("this is java " + version);
        System.out.println("java " + asked);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        int count = 0;
        for (TrustManager one : factory.getTrustManagers())
            count += ((X509TrustManager) one).getAcceptedIssuers().length;
        SSLContext.getDefault().createSSLEngine();
        if (count == 0) throw new Error("the trust store has no authority");
        System.out.println("trusts " + count + " authorities");
    }
}
`;

/** Reads each jar to its end and loads its classes; one that needs what is optional may fail, not all of a jar. */
const LIBRARIES = `
import java.io.*;
import java.net.*;
import java.util.*;
import java.util.jar.*;
public class JobletJars {
    public static void main(String[] args) throws Exception {
        List<URL> all = new ArrayList<>();
        for (String file : args) all.add(new File(file).toURI().toURL());
        URLClassLoader loader = new URLClassLoader(all.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        boolean good = true;
        for (String file : args) {
            int tried = 0, loaded = 0;
            Throwable last = null;
            try (JarFile jar = new JarFile(file)) {
                for (JarEntry entry : Collections.list(jar.entries())) {
                    try (InputStream in = jar.getInputStream(entry)) { in.transferTo(OutputStream.nullOutputStream()); }
                    String name = entry.getName();
                    if (!name.endsWith(".class") || name.endsWith("-info.class") || name.startsWith("META-INF/")) continue;
                    if (tried++ >= 500) continue;
                    try {
                        Class.forName(name.substring(0, name.length() - 6).replace('/', '.'), false, loader);
                        loaded++;
                    } catch (ClassNotFoundException | LinkageError error) { last = error; }
                }
            } catch (IOException error) { last = error; tried++; }
            if (tried > 0 && loaded == 0) { good = false; System.out.println(file + ": " + last); }
        }
        if (!good) System.exit(1);
        System.out.println("all jars load");
    }
}
`;

/** $1 name of the class, $2 its source, more: arguments. CLASSPATH is left as a job has it. */
const COMPILE_AND_RUN = `set -e
cd /tmp
name=$1; printf '%s' "$2" > "$name.java"; shift 2
javac "$name.java"
java -cp /tmp "$name" "$@"`;

/** What a finished java runtime must do. */
export function smokeCommands(request: PackRequest, packages: readonly LanguagePackage[]): readonly SmokeCommand[] {
  const { version } = request;
  const compileAndRun = ['sh', '-c', COMPILE_AND_RUN, 'smoke'];
  const commands: SmokeCommand[] = [
    {
      title: `java${version === undefined ? '' : ` is version ${version},`} compiles and runs a class and opens its trust store`,
      args: [...compileAndRun, 'JobletSmoke', LANGUAGE, ...(version === undefined ? [] : [version])],
      ...(version === undefined ? {} : { expectLine: `java ${version}` }),
    },
    { title: 'jar and jshell are there', args: ['sh', '-c', 'jar --version && command -v jshell'] },
    { title: 'JAVA_HOME is the home of this java', args: ['sh', '-c', '"$JAVA_HOME/bin/java" -version'] },
  ];
  const jars = packages.flatMap((item) => jarFileName(item) ?? []);
  if (jars.length > 0) {
    commands.push({
      title: 'its Maven packages load',
      args: [...compileAndRun, 'JobletJars', LIBRARIES, ...jars.map((name) => `${JAR_DIR}/${name}`)],
      expectLine: 'all jars load',
    });
  }
  return commands;
}
