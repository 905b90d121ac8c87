// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** The settings of a Flink cluster, from the jars that the local stack runs: Flink's options, its reporters, and Hadoop's S3. */
public final class FlinkSettings {

    private static final Path FLINK = Checkout.root().resolve("deploy/local/servers/flink/target");
    private static final Pattern OPTIONS = Pattern.compile("org/apache/flink/(.+/)?configuration/\\w+Options\\.class");
    private static final Pattern REPORTER = Pattern.compile("metrics\\.reporter\\.\\w+\\.(factory\\.class|\\w+)");
    private static final String HADOOP_S3 = "org/apache/hadoop/fs/s3a/Constants.class";
    private static final String S3 = "s3.";
    private static final Set<String> KEYS = new HashSet<>();
    private static final Set<String> CLASSES = new HashSet<>();

    private FlinkSettings() {}

    /** Whether Flink, one of its reporters or its S3 file system knows the setting. */
    public static boolean has(String name) {
        read();
        Matcher reporter = REPORTER.matcher(name);
        return KEYS.contains(name)
                || reporter.matches() && (reporter.group(1).equals("factory.class") || KEYS.contains(reporter.group(1)))
                || name.startsWith(S3) && KEYS.contains("fs.s3a." + name.substring(S3.length()));
    }

    /** Whether a reporter, named by its class, is in Flink's jars. */
    public static boolean hasClass(String name) {
        read();
        return CLASSES.contains(name.replace('.', '/') + ".class");
    }

    private static synchronized void read() {
        if (!KEYS.isEmpty()) {
            return;
        }
        try (var plugins = Files.walk(FLINK.resolve("plugins"))) {
            List<Path> jars = Arrays.stream(
                            Files.readString(FLINK.resolve("classpath")).strip().split(":"))
                    .map(Path::of)
                    .filter(jar -> jar.getFileName().toString().startsWith("flink-"))
                    .toList();
            for (Path jar : jars) {
                read(jar);
            }
            for (Path jar :
                    plugins.filter(file -> file.toString().endsWith(".jar")).toList()) {
                read(jar);
            }
        } catch (IOException e) {
            throw new IllegalStateException("no jars of Flink: build first with 'mvn -q -DskipTests package'", e);
        }
    }

    private static void read(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                Matcher options = OPTIONS.matcher(entry.getName());
                if (options.matches() || entry.getName().equals(HADOOP_S3)) {
                    constants(CompiledClasses.read(zip.getInputStream(entry).readAllBytes()));
                } else if (entry.getName().contains("flink/metrics/prometheus/")
                        && entry.getName().endsWith(".class")) {
                    CLASSES.add(entry.getName());
                    constants(CompiledClasses.read(zip.getInputStream(entry).readAllBytes()));
                }
            }
        }
    }

    private static void constants(ClassNode node) {
        for (FieldNode field : node.fields) {
            if (field.value instanceof String text) {
                KEYS.add(text);
            }
        }
        for (MethodNode method : node.methods) {
            for (AbstractInsnNode instruction : method.instructions) {
                if (instruction instanceof LdcInsnNode constant && constant.cst instanceof String text) {
                    KEYS.add(text);
                }
            }
        }
    }
}
