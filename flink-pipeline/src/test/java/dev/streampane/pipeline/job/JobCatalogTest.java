// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobCatalogTest {

    private static final String NAMES =
            JobCatalog.jobs().stream().map(Job::name).sorted().collect(Collectors.joining(", "));

    @Test
    void shouldListJobs() throws Exception {
        assertThat(run("--help"))
                .contains("index-results")
                .contains("transaction-total")
                .contains("weather-average")
                .contains("word-count")
                .contains("JobCatalog JOB --help");
        assertThat(run("-h")).isEqualTo(run("--help"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"index-results", "transaction-total", "weather-average", "word-count"})
    void shouldListOptionsOfAJobWithDefaults(String job) throws Exception {
        String help = run(job, "--help").replaceAll("\\s+", " ");

        for (JobOption<?> option : JobCatalog.options()) {
            if (fallbacks(option).containsKey(job)) {
                assertThat(help)
                        .contains("--" + option.name() + " ")
                        .contains(option.help() + " [" + fallbacks(option).get(job) + "]")
                        .contains(option.type().allowed());
            } else {
                assertThat(help).doesNotContain("--" + option.name() + " ");
            }
        }
        assertThat(help).contains("--kafka.PROPERTY").contains("--config").contains("--dry-run");
    }

    private static Stream<List<String>> helps() {
        return Stream.concat(
                Stream.of(List.of("--help")), JobCatalog.jobs().stream().map(job -> List.of(job.name(), "--help")));
    }

    @ParameterizedTest
    @MethodSource("helps")
    void shouldFitHelpIntoATerminal(List<String> help) throws Exception {
        assertThat(run(help.toArray(String[]::new)).lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void shouldDeclareEachOptionOnce() {
        for (JobOption<?> option : JobCatalog.options()) {
            for (Job job : JobCatalog.jobs()) {
                assertThat(job.options())
                        .filteredOn(JobOption::name, option.name())
                        .allMatch(known -> known.withFallback(option.fallback()).equals(option))
                        .hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void shouldRefuseToStartNothing() {
        assertThatThrownBy(() -> run())
                .isInstanceOf(BadOptionException.class)
                .hasMessage("the job's name is missing; allowed are " + NAMES + " (or --help)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"weather", "", "--windows", "../x", "Weather-Average"})
    void shouldRefuseJobsThatDoNotExist(String name) {
        assertThatThrownBy(() -> run(name))
                .isInstanceOf(BadOptionException.class)
                .hasMessage("'" + name + "' is no job; allowed are " + NAMES + " (or --help)");
    }

    @Test
    void shouldRefuseBadOptionBeforeAnythingElse() {
        assertThatThrownBy(() -> run("weather-average", "--allowed-lateness", "-1s"))
                .isInstanceOf(BadOptionException.class)
                .hasMessage("--allowed-lateness: '-1s' is not allowed; allowed is a duration from 0ms to 30d");
    }

    @Test
    void shouldCountWordsWithoutBrokersWhenNoTopicIsReadOrWritten(@TempDir Path folder) throws Exception {
        // Given
        Path text = Files.writeString(folder.resolve("text"), "flink window flink\n");
        Path counts = folder.resolve("counts");
        String nobody = "--bootstrap-servers=127.0.0.1:1";
        // When
        run("word-count", nobody, "--source=file:" + text, "--output=" + counts);
        // Then
        try (var files = Files.walk(counts)) {
            assertThat(files.filter(Files::isRegularFile).map(JobCatalogTest::content))
                    .containsExactly("+I[flink, 1]\n+I[window, 1]\n-U[flink, 1]\n+U[flink, 2]\n");
        }
        String[] patience = {"--kafka.default.api.timeout.ms=1000", "--kafka.request.timeout.ms=500"};
        assertThatThrownBy(() ->
                        run("word-count", nobody, "--source=file:" + text, "--output=topic", patience[0], patience[1]))
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith("--bootstrap-servers: '127.0.0.1:1' cannot be used");
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldDescribeOptionsInTheReadmeAsTheyAre() throws IOException {
        StringBuilder table =
                new StringBuilder("| Option | Default | Allowed | What it does | Jobs |\n|---|---|---|---|---|\n");
        for (JobOption<?> option : JobCatalog.options()) {
            Map<String, String> fallbackOf = fallbacks(option);
            Job.DEFAULT_OPTIONS.all().stream()
                    .filter(known -> known.name().equals(option.name()))
                    .forEach(known -> fallbackOf.put("others", known.fallback()));
            String fallbacks = fallbackOf.entrySet().stream()
                    .filter(entry -> !entry.getValue().equals(option.fallback()))
                    .map(entry -> "; " + entry.getKey() + " `" + entry.getValue() + "`")
                    .sorted()
                    .collect(Collectors.joining());
            table.append("| `--%s` | `%s`%s | %s | %s | %s |\n"
                    .formatted(
                            option.name(),
                            option.fallback(),
                            fallbacks,
                            option.type().allowed(),
                            option.help(),
                            fallbacks(option).size() == JobCatalog.jobs().size()
                                    ? "all"
                                    : String.join(", ", fallbacks(option).keySet())));
        }

        assertThat(Files.readString(Path.of("README.md"))).contains(table);
    }

    @Test
    void shouldTellInTheJarWhichJobHasWhichOption() throws IOException {
        // Given
        Map<String, String> options = JobCatalog.jobs().stream()
                .collect(Collectors.toMap(
                        Job::name,
                        job -> job.options().stream().map(JobOption::name).collect(Collectors.joining(" "))));
        Properties told = new Properties();
        // When
        try (InputStream file = JobCatalog.class.getResourceAsStream("options.properties")) {
            told.load(file);
        }
        // Then
        assertThat(told).isEqualTo(options);
    }

    /** The option's default in each job that has it, by the job's name. */
    private static Map<String, String> fallbacks(JobOption<?> option) {
        Map<String, String> fallbacks = new TreeMap<>();
        for (Job job : JobCatalog.jobs()) {
            job.options().stream()
                    .filter(known -> known.name().equals(option.name()))
                    .forEach(known -> fallbacks.put(job.name(), known.fallback()));
        }
        return fallbacks;
    }

    private static String run(String... args) throws Exception {
        var out = new ByteArrayOutputStream();
        JobCatalog.run(args, new PrintStream(out, true, UTF_8));
        return out.toString(UTF_8);
    }
}
