// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.streampane.pipeline.window.WindowSpec.Tumbling;
import java.time.Duration;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowSpecTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tumbling(1m)                  | tumbling(1m)",
                "tumbling(60s)                 | tumbling(1m)",
                "tumbling(60000ms)             | tumbling(1m)",
                "tumbling(24h)                 | tumbling(1d)",
                "tumbling(90s)                 | tumbling(90s)",
                "tumbling(2500ms)              | tumbling(2500ms)",
                " tumbling ( 1h , offset = 15m ) | tumbling(1h,offset=15m)",
                "tumbling(1h,offset=75m)       | tumbling(1h,offset=15m)",
                "tumbling(1h,offset=1h)        | tumbling(1h)",
                "tumbling(1h,offset=0s)        | tumbling(1h)",
            })
    void shouldHaveOneCanonicalText(String text, String canonical) {
        // When
        WindowSpec spec = WindowSpecParser.parse(text);

        // Then
        assertThat(spec.canonical()).isEqualTo(canonical);
        assertThat(WindowSpecParser.parse(canonical)).isEqualTo(spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1m",
                "tumbling",
                "tumbling()",
                "tumbling(0s)",
                "tumbling(-1m)",
                "tumbling(1 m)",
                "tumbling(PT)",
                "tumbling(1)",
                "tumbling(1M)",
                "TUMBLING(1m)",
                "tumbling(1m",
                "tumbling(1m))",
                "tumbling(1m,15s)",
                "tumbling(1m,offset=-15s)",
                "tumbling(367d)",
                "tumbling(999999999999999d)",
                "tumbling(9999999999999999999999m)",
                "sliding(5m,1m)",
                "session(30s)",
                "tumbling(1m) tumbling(2m)",
                "tumbling(١m)"
            })
    void shouldSayWhatIsAllowed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSpecParser.parse(text))
                .withMessage(
                        "'" + text + "' is not allowed; allowed is " + WindowSpecParser.ALLOWED);
    }

    @Test
    void shouldReadListInItsOrder() {
        assertThat(
                        WindowSpecParser.parseList(
                                "tumbling(1m), tumbling(1h,offset=15m),tumbling(10s)"))
                .extracting(WindowSpec::canonical)
                .containsExactly("tumbling(1m)", "tumbling(1h,offset=15m)", "tumbling(10s)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tumbling(1m),tumbling(60s)",
                "tumbling(1m),",
                ",",
                "tumbling(1m);tumbling(2m)"
            })
    void shouldRefuseListWithPartThatIsNotAllowed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSpecParser.parseList(text))
                .withMessageContaining("is not allowed; allowed is " + WindowSpecParser.ALLOWED);
    }

    @Test
    void shouldRefuseSizeThatIsNotWholeMilliseconds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tumbling.of(Duration.ofNanos(1_500_000)))
                .withMessage("size PT0.0015S is not positive whole ms");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "3999, 0, 0",
        "4000, 0, 4000",
        "-1, 0, -4000",
        "-4000, 0, -4000",
        "0, 1000, -3000",
        "999, 1000, -3000",
        "1000, 1000, 1000",
        "5000, 1000, 5000"
    })
    void shouldCutTimeAsFlinkDoes(long time, long offset, long start) {
        // Given
        var spec = new Tumbling(Duration.ofSeconds(4), Duration.ofMillis(offset));

        // Then
        assertThat(spec.firstStart(time)).isEqualTo(start);
        assertThat(spec.firstEnd(time)).isEqualTo(start + 4000);
        assertThat(TimeWindow.getWindowStartWithOffset(time, offset, 4000)).isEqualTo(start);
    }
}
