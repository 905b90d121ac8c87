// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** The settings of a Flink cluster, from the jars that the local stack runs: Flink's options, its reporters, and Hadoop's S3. */
public final class FlinkSettings {

    private static final Path FLINK = Checkout.root().resolve("deploy/local/servers/flink/target");
    private static final Pattern OPTIONS = Pattern.compile("org/apache/flink/.+Options\\.class");
    private static final Pattern REPORTER = Pattern.compile("metrics\\.reporter\\.\\w+\\.(factory\\.class|\\w+)");
    private static final String FACTORY = ".factory.class";
    private static final String HADOOP_S3 = "org/apache/hadoop/fs/s3a/Constants.class";
    private static final String S3 = "s3.";

    /** Of {@code KubernetesConfigOptions}, whose jar is not on the jobs' class path. */
    private static final Set<String> KUBERNETES =
            Set.of("kubernetes.jobmanager.cpu.limit-factor", "kubernetes.taskmanager.cpu.limit-factor");

    private static final Set<String> KEYS = new HashSet<>(KUBERNETES);
    private static final Set<String> REPORTED = new HashSet<>();
    private static final Set<String> CLASSES = new HashSet<>();

    private FlinkSettings() {}

    /** Settings that neither Flink, nor one of its reporters, nor its S3 file system knows, and classes of reporters that are not there. */
    public static Stream<String> problems(Map<String, String> configuration) {
        read();
        Findings found = new Findings();
        configuration.forEach((name, value) -> {
            found.unless(has(name), "Flink has no option %s", name);
            boolean there = !name.endsWith(FACTORY) || CLASSES.contains(value.replace('.', '/') + ".class");
            found.unless(there, "%s is no class of Flink", value);
        });
        return found.all().stream();
    }

    private static boolean has(String name) {
        Matcher reporter = REPORTER.matcher(name);
        return KEYS.contains(name)
                || reporter.matches() && (name.endsWith(FACTORY) || REPORTED.contains(reporter.group(1)))
                || name.startsWith(S3) && REPORTED.contains("fs.s3a." + name.substring(S3.length()));
    }

    private static synchronized void read() {
        if (!CLASSES.isEmpty()) {
            return;
        }
        try (var plugins = Files.walk(FLINK.resolve("plugins"))) {
            Stream<Path> classPath = Checkout.classPath("flink").stream()
                    .filter(jar -> jar.getFileName().toString().startsWith("flink-"));
            for (Path jar : Stream.concat(
                            classPath, plugins.filter(it -> it.toString().endsWith(".jar")))
                    .toList()) {
                read(jar);
            }
        } catch (IOException e) {
            throw new IllegalStateException("no jars of Flink: build first with 'mvn -q -DskipTests package'", e);
        }
    }

    private static void read(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                boolean reporter = name.contains("flink/metrics/prometheus/") && name.endsWith(".class");
                if (reporter || name.equals(HADOOP_S3)) {
                    CLASSES.add(name);
                    ClassNode node =
                            CompiledClasses.read(zip.getInputStream(entry).readAllBytes());
                    REPORTED.addAll(CompiledClasses.texts(node));
                    node.fields.forEach(field -> REPORTED.add(String.valueOf(field.value)));
                } else if (OPTIONS.matcher(name).matches()) {
                    keys(CompiledClasses.read(zip.getInputStream(entry).readAllBytes()));
                }
            }
        }
    }

    /** Texts that are handed to {@code ConfigOptions.key}, and so no deprecated ones. */
    private static void keys(ClassNode options) {
        for (MethodNode method : options.methods) {
            for (AbstractInsnNode instruction : method.instructions) {
                if (instruction instanceof LdcInsnNode constant
                        && constant.cst instanceof String text
                        && constant.getNext() instanceof MethodInsnNode call
                        && call.name.equals("key")) {
                    KEYS.add(text);
                }
            }
        }
    }
}
