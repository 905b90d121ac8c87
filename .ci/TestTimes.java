// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;

/**
 * Prints how long each test class of a build took, the slowest last, and the sum of each module. The time of a class is Surefire's: its own
 * set-up and tests, without the start of the JVM. Arguments: the root of the checkout and when the build began, for older reports are not its own.
 */
final class TestTimes {

    private record Suite(String module, String name, int tests, double seconds) {

        static Suite read(Path root, Path report) {
            try {
                var suite = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile()).getDocumentElement();
                String name = suite.getAttribute("name");
                return new Suite(
                        root.relativize(report.getParent().getParent().getParent()).toString(),
                        name.substring(name.lastIndexOf('.') + 1),
                        Integer.parseInt(suite.getAttribute("tests")),
                        Double.parseDouble(suite.getAttribute("time")));
            } catch (Exception e) {
                throw new IllegalStateException("cannot read " + report, e);
            }
        }
    }

    private static boolean isReport(Path file) {
        return file.getFileName().toString().matches("TEST-.*\\.xml")
                && file.getParent().getFileName().toString().endsWith("-reports");
    }

    private static boolean isSince(Instant begin, Path file) {
        try {
            return !Files.getLastModifiedTime(file).toInstant().isBefore(begin);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The reports of all modules; those are at most four folders below the root. */
    private static List<Suite> read(Path root, Instant begin) throws IOException {
        try (Stream<Path> modules = Files.walk(root, 4).filter(pom -> pom.endsWith("pom.xml"))) {
            return modules.flatMap(pom -> reports(pom.resolveSibling("target")))
                    .filter(file -> isSince(begin, file))
                    .map(file -> Suite.read(root, file))
                    .sorted(Comparator.comparingDouble(Suite::seconds))
                    .toList();
        }
    }

    private static Stream<Path> reports(Path target) {
        try (Stream<Path> files = Files.isDirectory(target) ? Files.walk(target, 2) : Stream.empty()) {
            return files.filter(TestTimes::isReport).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] args) throws IOException {
        List<Suite> suites = read(Path.of(args[0]).toRealPath(), Instant.parse(args[1]));
        if (suites.isEmpty()) {
            return;
        }
        System.out.printf("Test times in seconds of %d classes:%n", suites.size());
        suites.forEach(s -> System.out.printf("%8.1f  %s %s (%d)%n", s.seconds, s.module, s.name, s.tests));
        Map<String, List<Suite>> modules = suites.stream().collect(Collectors.groupingBy(Suite::module, TreeMap::new, Collectors.toList()));
        System.out.println("Test times of modules:");
        modules.forEach((module, own) -> System.out.printf("%8.1f  %s (%d)%n", sum(own), module, own.size()));
        System.out.printf("%8.1f  in all%n", sum(suites));
    }

    private static double sum(List<Suite> suites) {
        return suites.stream().mapToDouble(Suite::seconds).sum();
    }
}
