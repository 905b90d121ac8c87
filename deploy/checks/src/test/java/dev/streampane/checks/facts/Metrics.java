// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** The metrics that a running stack shows, by {@code deploy/dashboards/metrics}, which a test of the whole stack compares with a scrape. */
public final class Metrics {

    private static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/metrics");
    private static final String SUFFIX = ".txt";

    private Metrics() {}

    /** The processes of which there is a list. */
    public static Set<String> processes() {
        try (var files = Files.list(FOLDER)) {
            Set<String> names = new TreeSet<>();
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .forEach(name -> names.add(name.substring(0, name.length() - SUFFIX.length())));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of a process's metrics, as Prometheus sees them; also of those that are there only at times, which have {@code ~}. */
    public static Set<String> of(String process) {
        try {
            Set<String> names = new TreeSet<>();
            for (String line : Files.readAllLines(FOLDER.resolve(process + SUFFIX))) {
                names.add(line.replaceFirst("^~", "").replaceFirst(" .*", ""));
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of every process's metrics. */
    public static Set<String> all() {
        Set<String> names = new TreeSet<>();
        processes().forEach(process -> names.addAll(of(process)));
        return names;
    }
}
