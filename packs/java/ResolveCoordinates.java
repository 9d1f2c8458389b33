import java.io.File;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.maven.RepositoryUtils;
import org.apache.maven.execution.DefaultMavenExecutionRequest;
import org.apache.maven.execution.MavenExecutionRequest;
import org.apache.maven.execution.MavenExecutionRequestPopulator;
import org.apache.maven.internal.aether.DefaultRepositorySystemSessionFactory;
import org.apache.maven.settings.Profile;
import org.apache.maven.settings.Proxy;
import org.apache.maven.settings.Repository;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.DefaultSettingsBuildingRequest;
import org.apache.maven.settings.building.SettingsBuilder;
import org.codehaus.plexus.DefaultContainerConfiguration;
import org.codehaus.plexus.DefaultPlexusContainer;
import org.codehaus.plexus.PlexusConstants;
import org.codehaus.plexus.classworlds.ClassWorld;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.eclipse.aether.resolution.DependencyResult;
import org.eclipse.aether.resolution.VersionRangeRequest;
import org.eclipse.aether.resolution.VersionRangeResult;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.ArtifactNotFoundException;
import org.eclipse.aether.transfer.ArtifactTransferException;
import org.eclipse.aether.transfer.MetadataNotFoundException;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.util.artifact.JavaScopes;
import org.eclipse.aether.util.filter.DependencyFilterUtils;
import org.eclipse.aether.version.Version;

/**
 * Resolves coordinates with their dependencies as Maven itself would, by Maven's own classes and with the host's settings. Works with
 * Maven 3.6 to 3.9, as the distributions have it.
 *
 * Arguments: a directory with `coordinates` (one a line, the version `?` where none is asked for), and where there are such
 * `settings.xml`, `global-settings.xml`, `environment` (a properties file). The answer is written to `answer` there, a line for each
 * finding, fields separated by tabs.
 */
@SuppressWarnings("deprecation")
public class ResolveCoordinates {
    /** Taken only where there is nothing else; Maven's own rule finds 1.8.0-beta4 in [1.7,1.8). */
    private static final Pattern PREVIEW =
            Pattern.compile("(?i).*[.\\-](a|b|m|alpha|beta|milestone|rc|cr|ea|pre|preview|snapshot|dev|incubating)[.\\-]?\\d*.*");

    private final Path work;
    private final PrintWriter answer;
    private DefaultPlexusContainer container;
    private RepositorySystem system;
    private DefaultRepositorySystemSession session;
    private List<RemoteRepository> repositories;

    public static void main(String[] args) throws Exception {
        Path work = Path.of(args[0]);
        try (PrintWriter answer = new PrintWriter(Files.newBufferedWriter(work.resolve("answer")))) {
            new ResolveCoordinates(work, answer).run(Path.of(args[1]));
        }
        System.exit(0);
    }

    private ResolveCoordinates(Path work, PrintWriter answer) {
        this.work = work;
        this.answer = answer;
    }

    private void run(Path localRepository) throws Exception {
        open(localRepository);
        List<String> lines = Files.readAllLines(work.resolve("coordinates"));
        List<Artifact> wanted = new ArrayList<>();
        boolean complete = true;
        for (int index = 0; index < lines.size(); index++) {
            Artifact found = choose(index, new DefaultArtifact(lines.get(index)));
            complete &= found != null;
            if (found != null) wanted.add(found);
        }
        if (complete) resolve(wanted);
    }

    /** Maven's own start, without its command line: what settings mean is Maven's to say. */
    private void open(Path localRepository) throws Exception {
        ClassLoader loader = ResolveCoordinates.class.getClassLoader();
        container = new DefaultPlexusContainer(new DefaultContainerConfiguration()
                .setClassWorld(new ClassWorld("plexus.core", loader.getParent()))
                .setClassPathScanning(PlexusConstants.SCANNING_INDEX)
                .setAutoWiring(true)
                .setJSR250Lifecycle(true));
        Properties properties = new Properties();
        properties.putAll(System.getProperties());
        Path environment = work.resolve("environment");
        if (Files.exists(environment)) {
            try (var reader = Files.newBufferedReader(environment)) {
                properties.load(reader);
            }
        }
        Settings settings = container.lookup(SettingsBuilder.class)
                .build(new DefaultSettingsBuildingRequest()
                        .setGlobalSettingsFile(fileOf("global-settings.xml"))
                        .setUserSettingsFile(fileOf("settings.xml"))
                        .setSystemProperties(properties))
                .getEffectiveSettings();
        if (settings.getProxies().isEmpty()) addProxies(settings);
        MavenExecutionRequest request = new DefaultMavenExecutionRequest()
                .setSystemProperties(properties)
                .setInteractiveMode(false)
                .setOffline(settings.isOffline())
                .setUpdateSnapshots(true)
                .setGlobalChecksumPolicy("fail");
        settings.setLocalRepository(localRepository.toString());
        MavenExecutionRequestPopulator populator = container.lookup(MavenExecutionRequestPopulator.class);
        populator.populateFromSettings(request, settings);
        populator.populateDefaults(request);
        session = container.lookup(DefaultRepositorySystemSessionFactory.class).newRepositorySession(request);
        session.setTransferListener(new Transfers());
        session.setConfigProperty("aether.connector.requestTimeout", 60_000);
        session.setConfigProperty("aether.connector.connectTimeout", 20_000);
        system = container.lookup(RepositorySystem.class);
        repositories = system.newResolutionRepositories(session, repositoriesOf(settings));
    }

    private File fileOf(String name) {
        File file = work.resolve(name).toFile();
        return file.exists() ? file : null;
    }

    /** Central, unless a profile says otherwise, after the repositories of the settings' active profiles. */
    private static List<RemoteRepository> repositoriesOf(Settings settings) {
        List<RemoteRepository> all = new ArrayList<>();
        for (Profile profile : settings.getProfiles()) {
            boolean byDefault = profile.getActivation() != null && profile.getActivation().isActiveByDefault();
            if (!byDefault && !settings.getActiveProfiles().contains(profile.getId())) continue;
            for (Repository one : profile.getRepositories()) {
                all.add(new RemoteRepository.Builder(one.getId(), "default", one.getUrl()).build());
            }
        }
        if (all.stream().noneMatch(one -> one.getId().equals("central"))) {
            all.add(new RemoteRepository.Builder("central", "default", "https://repo.maven.apache.org/maven2").build());
        }
        return all;
    }

    /** Maven does not read the variables that every other tool of the build reads. */
    private static void addProxies(Settings settings) throws Exception {
        String except = environment("no_proxy").replaceAll("\\s+", "");
        for (String protocol : List.of("http", "https")) {
            String address = environment(protocol + "_proxy");
            if (address.isEmpty()) continue;
            URI uri = URI.create(address.contains("://") ? address : "http://" + address);
            Proxy proxy = new Proxy();
            proxy.setId("environment-" + protocol);
            proxy.setProtocol(protocol);
            proxy.setHost(uri.getHost());
            proxy.setPort(uri.getPort() < 0 ? 80 : uri.getPort());
            if (uri.getUserInfo() != null) {
                String[] user = uri.getUserInfo().split(":", 2);
                proxy.setUsername(user[0]);
                if (user.length > 1) proxy.setPassword(user[1]);
            }
            proxy.setNonProxyHosts(Stream.of(except.split(","))
                    .map(host -> host.startsWith(".") ? "*" + host : host)
                    .collect(Collectors.joining("|")));
            settings.addProxy(proxy);
        }
    }

    private static String environment(String name) {
        Map<String, String> all = System.getenv();
        return all.getOrDefault(name, all.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
    }

    /** The exact version of a coordinate that is wanted; null when there is none, which the answer then says. */
    private Artifact choose(int index, Artifact wanted) throws Exception {
        boolean any = wanted.getVersion().equals("?");
        boolean range = wanted.getVersion().matches("[\\[(].*");
        if (!any && !range) return isThere(index, wanted) ? wanted : null;
        VersionRangeRequest request =
                new VersionRangeRequest(any ? wanted.setVersion("[0,)") : wanted, repositories, null);
        List<Version> versions = new ArrayList<>(system.resolveVersionRange(session, request).getVersions());
        versions.sort(Comparator.reverseOrder());
        Version newest = versions.stream()
                .filter(one -> !PREVIEW.matcher(one.toString()).matches())
                .findFirst()
                .orElse(versions.isEmpty() ? null : versions.get(0));
        if (newest == null) {
            reportMissing(index, wanted);
            return null;
        }
        Artifact exact = wanted.setVersion(newest.toString());
        return isThere(index, exact) ? exact : null;
    }

    private boolean isThere(int index, Artifact artifact) {
        try {
            system.resolveArtifact(session, new ArtifactRequest(artifact, repositories, null));
            return true;
        } catch (ArtifactResolutionException error) {
            for (ArtifactResult result : error.getResults()) report(index, artifact, result);
            return false;
        }
    }

    private void resolve(List<Artifact> wanted) throws Exception {
        CollectRequest collect = new CollectRequest(
                wanted.stream().map(one -> new Dependency(one, JavaScopes.RUNTIME)).collect(Collectors.toList()),
                List.of(),
                repositories);
        DependencyRequest request =
                new DependencyRequest(collect, DependencyFilterUtils.classpathFilter(JavaScopes.RUNTIME));
        DependencyResult resolved;
        try {
            resolved = system.resolveDependencies(session, request);
        } catch (DependencyResolutionException error) {
            List<ArtifactResult> results = error.getResult().getArtifactResults();
            if (results.isEmpty()) say("broken", "-1", "", "", causesOf(error));
            for (ArtifactResult result : results) {
                if (!result.isResolved()) report(-1, result.getRequest().getArtifact(), result);
            }
            return;
        }
        for (ArtifactResult result : resolved.getArtifactResults()) {
            Artifact one = result.getArtifact();
            if (!List.of("jar", "").contains(one.getExtension())) continue;
            say("jar", one.getGroupId(), one.getArtifactId(), one.getVersion(), one.getClassifier(),
                    one.getFile().getPath());
        }
    }

    /** `missing`: no repository has it. `unreachable`: one could not be asked. `broken`: anything else. */
    private void report(int index, Artifact artifact, ArtifactResult result) {
        for (Exception error : result.getExceptions()) {
            if (error instanceof ArtifactNotFoundException) continue;
            String where = error instanceof ArtifactTransferException
                    ? describe(((ArtifactTransferException) error).getRepository())
                    : "";
            String kind = where.isEmpty() ? "broken" : "unreachable";
            say(kind, String.valueOf(index), nameOf(artifact), where, causesOf(error));
            return;
        }
        reportMissing(index, artifact);
    }

    /** With the versions that there are, newest last. */
    private void reportMissing(int index, Artifact artifact) {
        String versions = "";
        String where = repositories.stream().map(ResolveCoordinates::describe).collect(Collectors.joining(", "));
        try {
            VersionRangeResult found = system.resolveVersionRange(
                    session, new VersionRangeRequest(artifact.setVersion("[0,)"), repositories, null));
            for (Exception error : found.getExceptions()) {
                if (error instanceof MetadataNotFoundException) continue;
                say("unreachable", String.valueOf(index), nameOf(artifact), where, causesOf(error));
                return;
            }
            versions = found.getVersions().stream().map(Version::toString).collect(Collectors.joining(" "));
        } catch (Exception error) {
            say("broken", String.valueOf(index), nameOf(artifact), where, causesOf(error));
            return;
        }
        say("missing", String.valueOf(index), nameOf(artifact), where, versions);
    }

    private static String describe(RemoteRepository repository) {
        return repository == null ? "" : repository.getId() + " (" + repository.getUrl() + ")";
    }

    private static String nameOf(Artifact artifact) {
        String version = artifact.getVersion().equals("?") ? "" : ":" + artifact.getVersion();
        return artifact.getGroupId() + ":" + artifact.getArtifactId() + version;
    }

    private static String causesOf(Throwable error) {
        List<String> causes = new ArrayList<>();
        for (Throwable one = error; one != null && causes.size() < 8; one = one.getCause()) {
            causes.add(one.getClass().getSimpleName() + ": " + one.getMessage());
        }
        return String.join(" | ", causes);
    }

    private void say(String... fields) {
        answer.println(Stream.of(fields).map(field -> field.replaceAll("[\\t\\r\\n]+", " ")).collect(Collectors.joining("\t")));
    }

    /** A line of the build's log for each file. */
    private static class Transfers extends AbstractTransferListener {
        @Override
        public void transferSucceeded(TransferEvent event) {
            System.err.println("fetched " + event.getResource().getResourceName());
        }
    }
}
