// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every question to Prometheus, of alerts and of Grafana's panels, against what a running stack exposes. */
class ExpressionsTest {

    private static final Exposed EXPOSED = Exposed.byTheStack();

    static List<String> expressions() {
        List<String> expressions = new ArrayList<>();
        AlertsTest.alerts().forEach(alert -> expressions.add(alert.expression()));
        GrafanaTest.dashboards().forEach(dashboard -> expressions.addAll(dashboard.expressions()));
        return expressions;
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void shouldAskOnlyForWhatThereIs(String expression) {
        assertThat(Promql.of(expression).metrics()).isNotEmpty();
        assertThat(EXPOSED.unknown(expression)).isEmpty();
        assertThat(LabelValues.unknown(expression)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void shouldNoticeAnotherName(String expression) {
        // Given
        Promql named = Promql.of(expression);
        // When Then
        Stream.concat(named.metrics().stream(), named.labels().stream())
                .forEach(name ->
                        assertThat(EXPOSED.unknown(renamed(expression, name))).contains(name + "_renamed"));
        LabelValues.of(expression)
                .forEach(value -> assertThat(LabelValues.unknown(expression.replace(value, value + "_renamed")))
                        .contains(value + "_renamed"));
    }

    private static String renamed(String expression, String name) {
        return expression.replaceAll("\\b" + name + "\\b", name + "_renamed");
    }
}
