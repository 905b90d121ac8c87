// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import dev.streampane.pipeline.window.ResultShape.Statistic;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultShapeTest {

    @ParameterizedTest
    @CsvSource({
        "energy_kwh, TOTAL, total_",
        "avg_kwh, TOTAL, total_",
        "total_kwh, AVERAGE, avg_",
        "minimum, MIN, min_",
        "max, MAX, max_"
    })
    void shouldRefuseANameThatDoesNotSayWhatTheNumberIs(String name, Statistic statistic, String prefix) {
        assertThatThrownBy(() ->
                        new ResultShape(List.of(new Metric("energy", 3)), List.of(new Column(name, statistic, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("column '%s' is of the statistic %s: its name has to begin with %s"
                        .formatted(name, statistic, prefix));
    }
}
