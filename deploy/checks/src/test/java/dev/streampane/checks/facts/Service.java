// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.objectweb.asm.tree.ClassNode;

/** The Quarkus services, and what their builds have left. */
public enum Service {
    IOT_SIMULATOR("iot-simulator"),
    TRANSACTION_SIMULATOR("transaction-simulator"),
    RESULTS_API("results-api");

    private final String module;

    Service(String module) {
        this.module = module;
    }

    /** The service of that name, which is its module's, its image's and its container's. */
    public static Optional<Service> named(String name) {
        return Arrays.stream(values())
                .filter(service -> service.module.equals(name))
                .findFirst();
    }

    /** Name of the module, the image and the container. */
    public String module() {
        return module;
    }

    /** What the service is configured with when nobody says anything else. */
    public Properties applicationProperties() {
        Path file = Checkout.root().resolve(module).resolve("src/main/resources/application.properties");
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of its own compiled classes and resources. */
    public Path classes() {
        return built(module);
    }

    /** Its compiled classes, and a simulator's engine. */
    public List<ClassNode> compiled() {
        List<ClassNode> nodes = new ArrayList<>(CompiledClasses.below(classes()));
        if (this != RESULTS_API) {
            nodes.addAll(CompiledClasses.below(built("deploy/simulation")));
        }
        return nodes;
    }

    /** What its command line takes beside {@code -D}: every text in its classes that is an option and nothing else. */
    public Set<String> options() {
        return compiled().stream()
                .flatMap(node -> Stream.concat(
                        CompiledClasses.texts(node).stream(),
                        node.fields.stream().map(field -> String.valueOf(field.value))))
                .filter(text -> text.matches("--[a-z-]+"))
                .collect(Collectors.toSet());
    }

    /** The application with all its jars, as it is put into an image. */
    Path quarkusApp() {
        return built(Path.of(module, "target", "quarkus-app"));
    }

    private static Path built(String module) {
        return built(Path.of(module, "target", "classes"));
    }

    private static Path built(Path path) {
        Path folder = Checkout.root().resolve(path);
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException("no " + folder + ": build first with 'mvn -q -DskipTests package'");
        }
        return folder;
    }
}
