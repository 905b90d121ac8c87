// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.Tools;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Maven;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.Sources;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Containerfiles and the commands that build them say of our code; that they build, and what comes out, is deploy/containers/smoke's. */
class ContainerfilesTest {

    private static final String FOLDER = "deploy/containers";
    private static final Pattern ARGUMENTS =
            Pattern.compile("SERVICE[=:]\\s*([a-z-]+)\\S*\\s+(?:--build-arg\\s+)?PORT[=:]\\s*\"?(\\d+)");
    private static final Pattern VARIABLE = Pattern.compile("\\b((?:QUARKUS|KAFKA|RESULTS)_\\w+)=");
    private static final Pattern HEALTHY = Pattern.compile("\"--healthy\",\\s*\"([^\"]+)\"");
    private static final Pattern HEALTH_CHECK = Pattern.compile("CMD \\[\"/opt/jre/bin/java\"(.+), \"-jar\",");
    private static final Pattern WORD = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern OWN = Pattern.compile("(?:-|version=\")(\\d+\\.\\d+\\.\\d+)(?:-runner|-job\\.jar|\")");
    private static final Pattern FLINK = Pattern.compile("(?:/flink:|flink-s3-fs-hadoop-)(\\d+(?:\\.\\d+)+)");
    private static final Pattern OURS = Pattern.compile("<flink\\.version>([^<]+)<");
    private static final Pattern FROM = Pattern.compile("(?m)^FROM (\\S+)");
    private static final Pattern STEP = Pattern.compile("(?m)^(RUN|USER .+)");
    private static final Pattern BASE = Pattern.compile("base\\.name=\"([^\"]+)\"");

    static Stream<String> files() {
        return Sources.files(FOLDER).stream()
                .map(file -> FOLDER + "/" + file.getFileName())
                .filter(name -> name.endsWith(".Containerfile"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldNameVersionsModulesAndTheBaseAsTheyAre(String file) {
        // When
        String text = Sources.text(file);
        List<String> from = names(FROM, text);
        // Then
        assertThat(names(OWN, text)).isNotEmpty().containsOnly(Images.version());
        assertThat(names(FLINK, text)).allMatch(Sources.find(OURS, "pom.xml").group(1)::equals);
        assertThat(names(BASE, text)).containsExactly(from.get(from.size() - 1));
        assertThat(Maven.problems(text.replaceAll("\\\\\\n\\s*", " "))).isEmpty();
    }

    /** A base image ends as whom it likes, {@code flink:2.3.0} as one who may not write in /var/lib. */
    @ParameterizedTest
    @MethodSource("files")
    void shouldSayAsWhomItBuildsAndRuns(String file) {
        // When
        String text = Sources.text(file);
        List<String> steps = names(STEP, text.substring(text.lastIndexOf("\nFROM ")));
        // Then
        assertThat(steps).last().asString().matches("USER [1-9]\\d*");
        if (steps.contains("RUN")) {
            assertThat(steps).first().isEqualTo("USER 0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jvm", "native"})
    void shouldSetWhatAServiceReadsAndAskWhatItAnswers(String kind) {
        // When
        String text = Sources.text("%s/%s.Containerfile".formatted(FOLDER, kind));
        // Then
        assertThat(names(VARIABLE, text)).isNotEmpty();
        assertThat(names(HEALTHY, text)).hasSize(1);
        assertThat(Arrays.asList(Service.values()))
                .allSatisfy(it -> assertThat(ServiceSettings.of(it).unread(names(VARIABLE, text)))
                        .isEmpty())
                .allMatch(it -> Paths.has(it, names(HEALTHY, text).get(0)));
    }

    /** It is a JVM with the variables of the service. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+UseG1GC",
                "-XX:+UseParallelGC",
                "-XX:+UseShenandoahGC -XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+UseZGC",
                "-Xms256m -Xmx256m"
            })
    void shouldStartTheHealthCheckWithTheOptionsOfTheService(String options) throws Exception {
        // Given
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String words = Sources.find(HEALTH_CHECK, FOLDER + "/jvm.Containerfile").group(1);
        ProcessBuilder healthy = new ProcessBuilder(
                Stream.of(Stream.of(java.toString()), names(WORD, words).stream(), Stream.of("-version"))
                        .flatMap(it -> it)
                        .toList());
        healthy.environment().put("JAVA_TOOL_OPTIONS", options);
        // When
        Ended ended = Tools.end(healthy);
        // Then
        assertThat(ended.code()).as(ended.output()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy/containers/README.md", "deploy/compose/compose.yaml"})
    void shouldBuildEachServiceWithItsPort(String file) {
        // Given
        List<MatchResult> commands =
                ARGUMENTS.matcher(Sources.text(file)).results().toList();

        // Then
        assertThat(commands).isNotEmpty();
        for (MatchResult command : commands) {
            assertThat(Service.named(command.group(1))).map(Ports::of).hasValue(Integer.parseInt(command.group(2)));
        }
    }

    private static List<String> names(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }
}
