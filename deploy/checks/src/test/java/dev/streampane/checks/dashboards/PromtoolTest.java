// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.Tools;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prometheus' own tool on its configuration, the rules and their tests. */
class PromtoolTest {

    private static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/prometheus");

    @BeforeAll
    static void requirePromtool() {
        Tools.require("promtool", "prometheus");
    }

    @ParameterizedTest
    @CsvSource({"check, config, prometheus.yml", "check, rules, alerts.yml", "test, rules, alerts_test.yml"})
    void shouldBeTaken(String does, String what, String file) throws Exception {
        // When
        Ended ended = Tools.run(FOLDER, List.of("promtool", does, what, file));
        // Then
        assertThat(ended.code()).as(ended.output()).isZero();
    }

    @Test
    void shouldFailTheTestsWhenAMetricHasAnotherName(@TempDir Path other) throws Exception {
        // Given
        Files.copy(FOLDER.resolve("alerts_test.yml"), other.resolve("alerts_test.yml"));
        String rules = Files.readString(FOLDER.resolve("alerts.yml"));
        String renamed = rules.replace("streampane_audit_unbalanced", "streampane_unbalanced");
        assertThat(renamed).isNotEqualTo(rules);
        Files.writeString(other.resolve("alerts.yml"), renamed);
        // When
        Ended tests = Tools.run(other, List.of("promtool", "test", "rules", "alerts_test.yml"));
        // Then
        assertThat(tests.code()).isNotZero();
        assertThat(tests.output()).contains("BooksUnbalanced");
    }
}
