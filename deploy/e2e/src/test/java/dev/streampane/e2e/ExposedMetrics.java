// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a process exposes to Prometheus, held against {@code deploy/dashboards/metrics/<process>.txt}: a line per name, {@code name
 * type label,label}. One that begins with {@code ~} comes with its first event, or with one kind of JVM or library: it may be missing;
 * of the libraries new ones are not minded. The files name what dashboards and alerts may ask for.
 */
final class ExposedMetrics {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/metrics");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([A-Za-z_:][\\w:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([A-Za-z_]\\w*)=\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern SUFFIX = Pattern.compile("_(count|sum|bucket|max|total|info)$");

    private static final Pattern OF_LIBRARIES = Pattern.compile(
            "(kafka|jvm_gc|netty|vertx|worker_pool|http)_.*|flink_.*_(Kafka(Producer|Consumer)|GarbageCollector)_.*");

    private ExposedMetrics() {}

    /** Waits until everything that the file promises is there, and wants nothing that it does not name. */
    static void awaitDocumented(String process, URI url) {
        List<String> lines = documented(process);
        await().ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            Set<String> exposed = exposed(process, url);
            assertThat(missing(lines, exposed))
                    .as("in %s.txt and not on %s", process, url)
                    .isEmpty();
            assertThat(unknown(lines, exposed))
                    .as("on %s and not in %s.txt", url, process)
                    .isEmpty();
        });
    }

    private static Set<String> missing(List<String> lines, Set<String> exposed) {
        return lines.stream()
                .filter(line -> !line.startsWith("~") && !exposed.contains(line))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> unknown(List<String> lines, Set<String> exposed) {
        Set<String> known = lines.stream()
                .map(line -> line.startsWith("~") ? line.substring(1) : line)
                .collect(Collectors.toSet());
        return exposed.stream()
                .filter(line ->
                        !known.contains(line) && !OF_LIBRARIES.matcher(line).matches())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> documented(String process) {
        try {
            return Files.readAllLines(FOLDER.resolve(process + ".txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line per name, and the same in target/metrics for who adds a metric. */
    private static Set<String> exposed(String process, URI url) throws Exception {
        String body = CLIENT.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
                .body();
        Map<String, String> types = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        for (String line : body.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches()) {
                Set<String> names = labels.computeIfAbsent(sample.group(1), n -> new TreeSet<>());
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    names.add(label.group(1));
                }
            }
        }
        Set<String> lines = new TreeSet<>();
        labels.forEach((name, of) -> lines.add(line(name, types, of)));
        Path kept = Path.of("target", "metrics");
        Files.createDirectories(kept);
        Files.write(kept.resolve(process + ".txt"), lines);
        return lines;
    }

    private static String line(String name, Map<String, String> types, Set<String> labels) {
        String family = SUFFIX.matcher(name).replaceFirst("");
        String type = types.getOrDefault(name, types.getOrDefault(family, "untyped"));
        return (name + " " + type + " " + String.join(",", labels)).strip();
    }
}
