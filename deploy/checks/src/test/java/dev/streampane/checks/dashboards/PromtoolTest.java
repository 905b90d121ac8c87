// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Checkout;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus' own tool on its configuration, the rules and their tests. */
class PromtoolTest {

    private static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/prometheus");

    private record Ended(int code, String output) {}

    /** Where promtool is not installed the tests are skipped and say so, but fail where {@code CI=true}. */
    @BeforeAll
    static void requirePromtool() {
        boolean found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool")));
        if (!found) {
            String missing = "no promtool in PATH: install the Debian package prometheus";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(missing);
            }
            Assumptions.abort(missing);
        }
    }

    @Test
    void shouldTakeConfigurationAndRules() throws Exception {
        // When
        Ended config = promtool(FOLDER, "check", "config", "prometheus.yml");
        Ended rules = promtool(FOLDER, "check", "rules", "alerts.yml");
        // Then
        assertThat(config.code()).as(config.output()).isZero();
        assertThat(rules.code()).as(rules.output()).isZero();
    }

    @Test
    void shouldPassTheTestsOfAllAlerts() throws Exception {
        // When
        Ended tests = promtool(FOLDER, "test", "rules", "alerts_test.yml");
        // Then
        assertThat(tests.code()).as(tests.output()).isZero();
    }

    @Test
    void shouldFailTheTestsWhenAMetricHasAnotherName(@TempDir Path other) throws Exception {
        // Given
        Files.copy(
                FOLDER.resolve("alerts_test.yml"),
                other.resolve("alerts_test.yml"),
                StandardCopyOption.REPLACE_EXISTING);
        String rules = Files.readString(FOLDER.resolve("alerts.yml"));
        String renamed = rules.replace("streampane_audit_unbalanced", "streampane_unbalanced");
        assertThat(renamed).isNotEqualTo(rules);
        Files.writeString(other.resolve("alerts.yml"), renamed);
        // When
        Ended tests = promtool(other, "test", "rules", "alerts_test.yml");
        // Then
        assertThat(tests.code()).isNotZero();
        assertThat(tests.output()).contains("BooksUnbalanced");
    }

    private static Ended promtool(Path folder, String... words) throws Exception {
        List<String> command =
                Stream.concat(Stream.of("promtool"), Stream.of(words)).toList();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = text(process);
        return new Ended(process.waitFor(), output);
    }

    private static String text(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
