// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import dev.streampane.checks.facts.FlinkClassPath;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The options of the Flink that our jobs run on, from the constants in its own jars. */
final class FlinkOptions {

    private static final String REPORTER = "metrics.reporter.";
    private static final String FACTORY = ".factory.class";

    /** What S3A calls {@code fs.s3a.endpoint} and {@code fs.s3a.path.style.access}; Flink passes them on. */
    private static final Set<String> S3 = Set.of("s3.endpoint", "s3.path.style.access");

    /** Of {@code KubernetesConfigOptions}, whose jar is not on the jobs' class path. */
    private static final Set<String> KUBERNETES =
            Set.of("kubernetes.jobmanager.cpu.limit-factor", "kubernetes.taskmanager.cpu.limit-factor");

    private static final Set<String> KEYS = read();

    private FlinkOptions() {}

    /** Keys that are no options. */
    static List<String> unknown(Map<String, String> configuration) {
        return configuration.keySet().stream()
                .filter(key ->
                        !KEYS.contains(key) && !S3.contains(key) && !KUBERNETES.contains(key) && !isReporter(key))
                .toList();
    }

    private static boolean isReporter(String key) {
        return key.startsWith(REPORTER)
                && Stream.of(FACTORY, ".port", ".filterLabelValueCharacters").anyMatch(key::endsWith);
    }

    private static Set<String> read() {
        Set<String> keys = new TreeSet<>();
        try (URLClassLoader flink = FlinkClassPath.open()) {
            for (Path jar : Checkout.classPath("flink")) {
                if (jar.getFileName().toString().matches("flink-(core|runtime)-.*")) {
                    read(flink, jar, keys);
                }
            }
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(ClassLoader flink, Path file, Set<String> keys) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches("org/apache/flink/.*Options\\.class"))
                    .forEach(name -> read(flink, name.replace('/', '.').replaceFirst("\\.class$", ""), keys));
        }
    }

    private static void read(ClassLoader flink, String name, Set<String> keys) {
        try {
            for (Field field : Class.forName(name, true, flink).getFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        && field.getType().getSimpleName().equals("ConfigOption")) {
                    Object option = field.get(null);
                    keys.add((String) option.getClass().getMethod("key").invoke(option));
                }
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            // A class whose own dependencies are not there: its keys stay unknown, and are refused.
            return;
        }
    }
}
