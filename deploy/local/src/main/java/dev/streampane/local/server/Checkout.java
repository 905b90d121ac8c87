// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the checkout lies, and what its builds have made. */
public final class Checkout {

    /** System property that names the checkout; {@code deploy/streampane} sets it. */
    static final String ROOT_PROPERTY = "streampane.root";

    private static final Path MARK = Path.of("deploy", "topics.yml");

    private Checkout() {}

    /**
     * The checkout's top folder: the one named by the system property {@code streampane.root}, else the first folder
     * with {@code deploy/topics.yml} from the working directory upwards.
     *
     * @throws IllegalStateException when there is none
     */
    public static Path root() {
        String named = System.getProperty(ROOT_PROPERTY);
        if (named != null) {
            return Path.of(named).toAbsolutePath().normalize();
        }
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(MARK))) {
                return folder;
            }
        }
        throw new IllegalStateException("no " + MARK + " in " + start + " or above it");
    }

    /**
     * The jars of a server, in class path order.
     *
     * @param server {@code kafka}, {@code elasticsearch} or {@code flink}
     * @throws IllegalStateException when the server's module has not been built
     */
    public static List<Path> classPath(String server) {
        Path file = server(server).resolve("target/classpath");
        try {
            return Stream.of(Files.readString(file).strip().split(File.pathSeparator))
                    .map(Path::of)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("no " + file + ": build first with 'mvn -q -DskipTests package'", e);
        }
    }

    /**
     * The jar of the jobs, as flink-pipeline's build leaves it.
     *
     * @throws IOException when there is none
     */
    public static Path jobJar() throws IOException {
        Path folder = root().resolve("flink-pipeline/target");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith("-job.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no job jar in " + folder));
        }
    }

    /** The jars of a server and {@link #ownClasses()}, as one class path argument. */
    static String joinedClassPath(String server) {
        return Stream.concat(classPath(server).stream(), Stream.of(ownClasses()))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The class folder or jar of {@link ParentWatchdog}, which every child has on its class path. */
    static Path ownClasses() {
        try {
            return Path.of(ParentWatchdog.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The folder of a server's module. */
    static Path server(String server) {
        return root().resolve("deploy/local/servers").resolve(server);
    }

    static void createDirectories(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + folder, e);
        }
    }
}
