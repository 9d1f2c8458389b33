import { afterAll, describe, inject, it } from 'vitest';
import { type MavenServer, startMaven } from '../fixtures/maven/index.js';
import { describePack } from './conformance/index.js';
import { ownHome } from './support/own-home.js';

let maven: MavenServer | undefined;
afterAll(() => maven?.close());

/** What the jars themselves say they are. */
const INVENTORY = `
for jar in /usr/local/share/java/*.jar; do
  (mkdir -p /tmp/one && cd /tmp/one && jar xf "$jar" META-INF/maven && cat META-INF/maven/*/*/pom.properties && rm -r META-INF) |
    sed -n 's/^groupId=/g /p; s/^artifactId=/a /p; s/^version=/v /p' | sort | tr '\\n' ' ' | sed 's/^a \\(.*\\) g \\(.*\\) v \\(.*\\) $/\\2:\\1 \\3\\n/'
done`;

describePack(
  'java',
  async () => {
    const repository = await startMaven([
      { coordinate: 'org.tiny:base:1.0' },
      { coordinate: 'org.tiny:base:2.0' },
      { coordinate: 'org.tiny:app:1.2', requires: ['org.tiny:base:1.0'] },
    ]);
    maven = repository;
    return {
      versions: ['17', '21'],
      unknownVersion: '99',
      values: { maven: ['org.tiny:app'] },
      inventory: ['sh', '-c', INVENTORY],
      badSpecs: [
        { title: 'a name without a group', values: { maven: ['org.tiny:app', 'base'] }, at: ['maven', 1] },
        { title: 'a snapshot', values: { maven: ['org.tiny:app:1-SNAPSHOT'] }, at: ['maven', 0] },
        { title: 'a library twice', values: { maven: ['a:b:1', 'a:b:2'] }, at: ['maven', 1] },
      ],
      missing: { values: { maven: ['org.tiny:app', 'org.tiny:nothing:1.0'] }, at: ['maven', 1] },
      breakages: [
        { title: 'without its trust store', remove: ['/etc/ssl/certs/java/cacerts'] },
        { title: 'without its compiler', remove: ['/usr/lib/jvm/*/bin/javac'] },
      ],
      env: { ...definedEnvironment(), ...ownHome({ '.m2/settings.xml': repository.settings() }) },
      store: inject('store'),
    };
  },
  { describe, it },
);

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
