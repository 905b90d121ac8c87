// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.docs;

import dev.streampane.checks.docs.Page.Code;
import dev.streampane.checks.facts.Maven;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What pages name in code style and the code does not have. */
final class DocsCheck {

    private static final Pattern VARIABLE =
            Pattern.compile("(?<![\\w$-])((?:IOT|TX|RESULTS|QUARKUS|KAFKA|STREAMPANE)_[A-Z0-9_]*[A-Z0-9])(?![\\w*…])");
    private static final Pattern PROPERTY = Pattern.compile(
            "(?<![\\w./~:-])((?:iot|tx|results|quarkus|kafka)(?:\\.(?:[a-z][a-z0-9-]*|\\*|<[a-z]+>|\"[^\"]+\"))+)(?![\\w(/-]|\\.[A-Z])");
    private static final Pattern PATH = Pattern.compile("(?::(\\d{4,5}))?(/(?:api/v1|q)/[\\w{}./~-]*[\\w}])");
    private static final Pattern PORT = Pattern.compile("(?:localhost|127\\.0\\.0\\.1):(\\d{4,5})(?!\\d)");
    private static final Pattern METRIC =
            Pattern.compile("(?<![\\w.-])((?:streampane|iot|tx)_[a-z0-9_]+[a-z0-9])(?![\\w*.-])");
    private static final Pattern FILE = Pattern.compile(
            "(?<![\\w./<>-])((?:deploy|iot-simulator|transaction-simulator|flink-pipeline|results-api|\\.ci|\\.github)/[\\w./-]*[\\w])(?![\\w<*{…])");
    private static final Pattern TEST = Pattern.compile("\\b([A-WYZ]\\w+(?:Test|IT|Benchmark))\\b");
    private static final Pattern READ_TOPIC = Pattern.compile("(?:kcat|K)\\b.*? -t ([\\w-]+)");
    private static final Pattern NAMED_TOPIC = Pattern.compile("\\b[Tt]opics? `([\\w-]+)`");

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
            Consumer<String> say = text -> findings.add(page.path() + ":" + code.line() + ": " + text);
            Options.unknown(code.text()).forEach(option -> say.accept(option + " is no option"));
            each(VARIABLE, code, Known::isVariable, " is read by nobody", say);
            each(PROPERTY, code, Known::isProperty, " is no setting", say);
            each(METRIC, code, Known::isMetric, " is no metric", say);
            each(TEST, code, Known::isTest, " is no test", say);
            each(READ_TOPIC, code, Known::isTopic, " is no topic", say);
            each(PORT, code, Known::isPort, " is nobody's port", say);
            each(FILE, code, file -> isFile(page, file), " does not exist", say);
            Maven.problems(code.text()).forEach(say);
            paths(code, say);
        }
        for (MatchResult topic : NAMED_TOPIC.matcher(page.text()).results().toList()) {
            if (!Known.isTopic(topic.group(1))) {
                findings.add(page.path() + ": " + topic.group(1) + " is no topic");
            }
        }
        page.links().forEach(link -> link(page, link));
    }

    private static void each(
            Pattern pattern, Code code, Predicate<String> exists, String missing, Consumer<String> say) {
        for (MatchResult found : pattern.matcher(code.text()).results().toList()) {
            if (!exists.test(found.group(1))) {
                say.accept(found.group(1) + missing);
            }
        }
    }

    private boolean isFile(Page page, String file) {
        Path root = Checkout.root();
        Path folder = root.resolve(Optional.ofNullable(page.path().getParent()).orElse(Path.of("")));
        return file.contains("/target/")
                || file.contains("/NNNN-")
                || Files.exists(root.resolve(file))
                || Files.exists(folder.resolve(file));
    }

    private static void paths(Code code, Consumer<String> say) {
        for (MatchResult path : PATH.matcher(code.text()).results().toList()) {
            boolean there = Arrays.stream(Service.values())
                    .filter(service -> path.group(1) == null
                            || !isServicePort(path.group(1))
                            || Ports.answers(service, Integer.parseInt(path.group(1)), path.group(2)))
                    .anyMatch(service -> Paths.has(service, path.group(2)));
            if (!there) {
                say.accept(path.group() + " is no path");
            }
        }
    }

    private static boolean isServicePort(String port) {
        return Arrays.stream(Service.values())
                .flatMap(service -> Stream.of(Ports.of(service), Ports.management(service)))
                .anyMatch(known -> port.equals(String.valueOf(known)));
    }

    private void link(Page page, Code link) {
        String target = link.text();
        if (target.matches("[a-z]+:.*")) {
            return;
        }
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty()
                ? page.path()
                : Optional.ofNullable(page.path().getParent())
                        .orElse(Path.of(""))
                        .resolve(file)
                        .normalize();
        boolean there = pages.containsKey(path) || Files.exists(Checkout.root().resolve(path));
        if (!there
                || hash >= 0
                        && pages.containsKey(path)
                        && !pages.get(path).anchors().contains(target.substring(hash + 1))) {
            findings.add(page.path() + ":" + link.line() + ": " + target + " leads nowhere");
        }
    }
}
