// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.docs;

import dev.streampane.checks.docs.Page.Code;
import dev.streampane.checks.facts.BrokerSettings;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Maven;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.facts.Topics;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What pages name in code style and the code does not have. */
final class DocsCheck {

    private static final Pattern PATH = Pattern.compile("(?::(\\d{4,5}))?(/(?:api/v1|q)/[\\w{}./~-]*[\\w}])");
    private static final Pattern NAMED_TOPIC = Pattern.compile("\\b[Tt]opics? `([\\w-]+)`");

    /** Topics that a user makes, by those names when he takes our words for it. */
    private static final Set<String> TOPICS_OF_USERS = Set.of("weather_data", "client_amount", "words");

    private static final Set<String> OF_COMMANDS =
            Set.of("RESULTS_API_IMAGE", "STREAMPANE_DEBUG", "STREAMPANE_JAVA_OPTIONS", "STREAMPANE_NAME");
    private static final String COMPOSE_VARIABLES = Sources.text("deploy/compose/.env");
    private static final Set<String> METRICS = Metrics.all();
    private static final Set<String> FILES =
            Page.files().stream().map(it -> it.getFileName().toString()).collect(Collectors.toSet());

    /**
     * What is named in one way.
     *
     * @param pattern with the name as its group
     * @param isThere whether there is such a thing, on a page
     * @param missing what is said when there is not
     */
    private record Name(Pattern pattern, BiPredicate<Page, String> isThere, String missing) {

        static Name of(String pattern, Predicate<String> isThere, String missing) {
            return new Name(Pattern.compile(pattern), (page, name) -> isThere.test(name), missing);
        }
    }

    private static final List<Name> NAMES = List.of(
            Name.of(
                    "(?<![\\w$-])((?:IOT|TX|RESULTS|QUARKUS|KAFKA|STREAMPANE)_[A-Z0-9_]*[A-Z0-9])(?![\\w*…])",
                    DocsCheck::isVariable,
                    "is read by nobody"),
            Name.of(
                    "(?<![\\w./~:-])((?:iot|tx|results|quarkus|kafka)(?:\\.(?:[a-z][a-z0-9-]*|\\*|<[a-z]+>|\"[^\"]+\"))+)(?![\\w(/-]|\\.[A-Z])",
                    DocsCheck::isProperty,
                    "is no setting"),
            Name.of(
                    "(?<![\\w.-])((?:streampane|iot|tx)_[a-z0-9_]+[a-z0-9])(?![\\w*.-])",
                    name -> METRICS.contains(name)
                            || METRICS.stream().anyMatch(it -> it.matches(name + "_(?:count|sum|max|bucket)")),
                    "is no metric"),
            Name.of("\\b([A-WYZ]\\w+(?:Test|IT|Benchmark))\\b", name -> FILES.contains(name + ".java"), "is no test"),
            Name.of("(?:kcat|K)\\b.*? -t ([\\w-]+)", DocsCheck::isTopic, "is no topic"),
            Name.of(
                    "(?:localhost|127\\.0\\.0\\.1):(\\d{4,5})(?!\\d)",
                    port -> Ports.all().contains(Integer.valueOf(port))
                            || COMPOSE_VARIABLES.contains("_PORT=" + port + "\n"),
                    "is nobody's port"),
            new Name(
                    Pattern.compile(
                            "(?<![\\w./<>-])((?:deploy|iot-simulator|transaction-simulator|flink-pipeline|results-api|\\.ci|\\.github)/[\\w./-]*[\\w])(?![\\w<*{…])"),
                    DocsCheck::isFile,
                    "does not exist"));

    private final Map<Path, Page> pages;
    private final List<String> findings = new ArrayList<>();

    private DocsCheck(List<Page> pages) {
        this.pages = pages.stream().collect(Collectors.toMap(Page::path, page -> page));
    }

    /** What is wrong with some pages, where all of them can be linked. */
    static List<String> findings(List<Page> pages, List<Page> all) {
        DocsCheck check = new DocsCheck(all);
        pages.forEach(check::check);
        return check.findings;
    }

    private void check(Page page) {
        for (Code code : page.code()) {
            Stream<String> names = NAMES.stream().flatMap(name -> name.pattern()
                    .matcher(code.text())
                    .results()
                    .map(found -> found.group(1))
                    .filter(found -> !name.isThere().test(page, found))
                    .map(found -> found + " " + name.missing()));
            Stream<String> options = Options.unknown(code.text()).stream().map(it -> it + " is no option");
            Stream.of(names, options, Maven.problems(code.text()), paths(code))
                    .flatMap(it -> it)
                    .forEach(it -> findings.add(page.path() + ":" + code.line() + ": " + it));
        }
        NAMED_TOPIC
                .matcher(page.text())
                .results()
                .map(it -> it.group(1))
                .filter(it -> !isTopic(it))
                .forEach(it -> findings.add(page.path() + ": " + it + " is no topic"));
        for (Code link : page.links()) {
            if (!link.text().matches("[a-z]+:.*") && !leads(page, link.text())) {
                findings.add(page.path() + ":" + link.line() + ": " + link.text() + " leads nowhere");
            }
        }
    }

    private static Stream<String> paths(Code code) {
        return PATH.matcher(code.text())
                .results()
                .filter(path -> Stream.of(Service.values())
                        .noneMatch(service -> isOther(path.group(1))
                                ? Paths.has(service, path.group(2))
                                : Ports.answers(service, Integer.parseInt(path.group(1)), path.group(2))))
                .map(path -> path.group() + " is no path");
    }

    /** Whether a port is of none of our services; none is, too. */
    private static boolean isOther(String port) {
        return Ports.ofServices().noneMatch(known -> String.valueOf(known).equals(port));
    }

    private boolean leads(Page page, String target) {
        String[] parts = (target + "#").split("#", -1);
        Path path = parts[0].isEmpty()
                ? page.path()
                : page.path().resolveSibling(parts[0]).normalize();
        Page to = pages.get(path);
        return to == null
                ? Files.exists(Checkout.root().resolve(path))
                : parts[1].isEmpty() || to.anchors().contains(parts[1]);
    }

    private static boolean isFile(Page page, String file) {
        return file.contains("/target/")
                || file.contains("/NNNN-")
                || Files.exists(Checkout.root().resolve(file))
                || Files.exists(Checkout.root().resolve(page.path()).resolveSibling(file));
    }

    /** Those with {@code _SERVICE_HOST} Kubernetes makes by itself, of each of its Services. */
    private static boolean isVariable(String name) {
        return services().anyMatch(settings -> settings.readsVariable(name))
                || BrokerSettings.readsVariable(name)
                || JobOptions.jobs().stream().anyMatch(job -> JobOptions.readsVariable(job, name))
                || OF_COMMANDS.contains(name)
                || name.endsWith("_SERVICE_HOST")
                || COMPOSE_VARIABLES.contains("\n" + name + "=");
    }

    private static boolean isProperty(String written) {
        String whole = written.replaceAll("<[a-z]+>", "late");
        String name = whole.replaceAll("\\.\\*$", "");
        return services()
                .anyMatch(settings -> settings.readsProperty(name)
                        || settings.isFixedByTheBuild(name)
                        || !name.equals(whole) && settings.hasPropertiesBelow(name));
    }

    private static boolean isTopic(String name) {
        return Topics.names().contains(name) || TOPICS_OF_USERS.contains(name);
    }

    private static Stream<ServiceSettings> services() {
        return Stream.of(Service.values()).map(ServiceSettings::of);
    }
}
