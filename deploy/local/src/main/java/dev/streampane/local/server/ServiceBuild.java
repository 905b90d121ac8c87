// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is built of a Quarkus service: a jar for the JVM, or a native executable. */
public enum ServiceBuild {
    /** {@code target/quarkus-app/quarkus-run.jar}. */
    JVM("mvn -q -DskipTests package") {
        @Override
        Path file(Path target) {
            return target.resolve("quarkus-app/quarkus-run.jar");
        }
    },

    /** {@code target/<service>-<version>-runner}, which Maven's profile {@code native} makes. */
    NATIVE("GRAALVM_HOME=<a GraalVM> mvn -q -DskipTests -Pnative package") {
        @Override
        Path file(Path target) {
            try (Stream<Path> files = Files.exists(target) ? Files.list(target) : Stream.of()) {
                List<Path> built = files.filter(
                                file -> file.getFileName().toString().endsWith("-runner"))
                        .sorted()
                        .toList();
                if (built.size() > 1) {
                    throw new ServerException("several executables, of which the old ones are to be deleted: " + built);
                }
                return built.isEmpty() ? target.resolve("*-runner") : built.get(0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final String made;

    ServiceBuild(String made) {
        this.made = made;
    }

    abstract Path file(Path target);

    /**
     * The jar or executable of a service, whether or not it is there.
     *
     * @throws ServerException when there are several executables, so that it is not known which one the last build has made
     */
    public Path file(String service) {
        return file(Checkout.root().resolve(service).resolve("target"));
    }

    /**
     * The command that runs a native executable.
     *
     * @param options options of a JVM; the executable gets those that it knows, which are properties and sizes of memory
     */
    public static List<String> nativeCommand(Path file, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(file.toString());
        command.add(ServerProcess.END_WITHOUT_MEMORY);
        options.stream()
                .filter(option -> option.matches("-(D|Xm|XX:MaxDirectMemorySize=).*"))
                .forEach(command::add);
        return command;
    }

    /**
     * The jar or executable of a service.
     *
     * @throws ServerException when it has not been built, saying what builds it, or when there are several
     */
    public Path built(String service) {
        Path file = file(service);
        if (!Files.exists(file)) {
            throw new ServerException("no " + file + ": build first with '" + made + "'");
        }
        return file;
    }
}
