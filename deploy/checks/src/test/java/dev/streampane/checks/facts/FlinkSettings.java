// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.objectweb.asm.tree.ClassNode;

/** The settings of a Flink cluster: every text in the classes of Flink's options, its reporters and Hadoop's S3, as the local stack runs them. */
public final class FlinkSettings {

    private static final Path FLINK = Checkout.root().resolve("deploy/local/servers/flink/target");
    private static final Pattern CLASSES = Pattern.compile(
            "org/apache/flink/.+Options\\.class|org/apache/flink/metrics/prometheus/.+\\.class|org/apache/hadoop/fs/s3a/Constants\\.class");

    /** Of {@code KubernetesConfigOptions} (apache/flink, flink-kubernetes), whose jar is not on the jobs' class path. */
    private static final String KUBERNETES = "kubernetes\\.(job|task)manager\\.cpu\\.limit-factor";

    private static final Set<String> TEXTS = new HashSet<>();

    private FlinkSettings() {}

    /** Those of the settings that neither Flink, nor one of its reporters, nor its S3 file system knows. */
    public static List<String> unknown(Collection<String> names) {
        read();
        return names.stream()
                .filter(name -> !name.matches(KUBERNETES))
                .filter(name -> Stream.of(
                                name,
                                name.replaceFirst("^s3\\.", "fs.s3a."),
                                name.replaceFirst("^metrics\\.reporter\\.\\w+\\.", ""))
                        .noneMatch(TEXTS::contains))
                .sorted()
                .toList();
    }

    private static synchronized void read() {
        if (!TEXTS.isEmpty()) {
            return;
        }
        try (var plugins = Files.walk(FLINK.resolve("plugins"))) {
            Stream<Path> classPath = Checkout.classPath("flink").stream()
                    .filter(jar -> jar.getFileName().toString().startsWith("flink-"));
            Stream<Path> jars =
                    Stream.concat(classPath, plugins.filter(it -> it.toString().endsWith(".jar")));
            for (Path jar : jars.toList()) {
                try (ZipFile zip = new ZipFile(jar.toFile())) {
                    for (var entry : zip.stream()
                            .filter(it -> CLASSES.matcher(it.getName()).matches())
                            .toList()) {
                        ClassNode node =
                                CompiledClasses.read(zip.getInputStream(entry).readAllBytes());
                        TEXTS.addAll(CompiledClasses.texts(node));
                        node.fields.forEach(field -> TEXTS.add(String.valueOf(field.value)));
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("no jars of Flink: build first with 'mvn -q -DskipTests package'", e);
        }
    }
}
