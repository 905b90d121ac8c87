// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The metrics that a running stack shows, by {@code deploy/dashboards/metrics}, which a test of the whole stack compares with a scrape. */
public final class Metrics {

    private static final String FOLDER = "deploy/dashboards/metrics";

    private Metrics() {}

    /** The processes of which there is a list. */
    public static Set<String> processes() {
        return Sources.files(FOLDER).stream()
                .map(Path::getFileName)
                .map(name -> name.toString().replace(".txt", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Name, type and labels of each metric of a process; also of those that are there only at times, which have {@code ~}. */
    public static List<String[]> lines(String process) {
        return Sources.text(FOLDER + "/" + process + ".txt")
                .lines()
                .map(line -> line.replaceFirst("^~", "").split(" "))
                .toList();
    }

    /** Names of a process's metrics, as Prometheus sees them. */
    public static Set<String> of(String process) {
        return lines(process).stream().map(words -> words[0]).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names of every process's metrics. */
    public static Set<String> all() {
        return processes().stream()
                .flatMap(process -> of(process).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
