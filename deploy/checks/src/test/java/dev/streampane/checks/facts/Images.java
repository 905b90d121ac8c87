// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The images that this project makes; what stands before {@code streampane/} is the registry, which is a user's choice. */
public final class Images {

    private static final String PREFIX = "streampane/";
    private static final List<String> OTHERS = List.of("flink-job:%s", "command:%s");
    private static final Pattern OWN = Pattern.compile("(?:[^/]+/)*(streampane/[^/]+)");
    private static final Pattern VERSION =
            Pattern.compile("<artifactId>streampane</artifactId>\\s*<version>([^<]+)</version>");

    private Images() {}

    /** The project's version, which is its images' tag. */
    public static String version() {
        return Sources.find(VERSION, "pom.xml").group(1);
    }

    /** Every image with its tag, without a registry. */
    public static Set<String> all() {
        Stream<String> services = Stream.of(Service.values()).map(Service::module);
        return Stream.concat(services.flatMap(it -> Stream.of(it + ":%s", it + ":%s-native")), OTHERS.stream())
                .map(it -> PREFIX + it.formatted(version()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether the image says that it is ours. */
    public static boolean isOwn(String image) {
        return OWN.matcher(image).matches();
    }

    /** Whether the image is one that this project makes. */
    public static boolean exists(String image) {
        Matcher own = OWN.matcher(image);
        return own.matches() && all().contains(own.group(1));
    }
}
