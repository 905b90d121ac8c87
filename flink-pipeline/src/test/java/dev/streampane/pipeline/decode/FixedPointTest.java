// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static dev.streampane.pipeline.testing.CpuTime.assertTakes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "-0.0, 0",
        "0e5, 0",
        "19.38, 19380000",
        "-300, -300000000",
        "1.5E+1, 15000000",
        "150e-1, 15000000",
        "0.0000005, 0",
        "0.00000050, 0",
        "0.00000051, 1",
        "0.0000015, 2",
        "0.0000025, 2",
        "-0.0000025, -2",
        "0.0000035, 4",
        "0.00000149, 1",
        "0.00000049, 0",
        "0.05e-6, 0",
        "1e-400, 0",
        "1e-99999999999, 0",
        "1000000, 1000000000000",
        "-1000000, -1000000000000",
        "1000000.0000005, 1000000000000",
        "0.000001e12, 1000000000000",
        "100e4, 1000000000000"
    })
    void shouldReadUnitsOfOneMillionth(String number, long units) throws Rejection {
        assertThat(FixedPoint.parse("f", number, 6)).isEqualTo(units);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1000000.000001",
                "-1000000.000001",
                "1000000.00000051",
                "1e7",
                "1e400",
                "-1e400",
                "1e99999999999",
                "9223372036854775808",
                "10000000000000000000000"
            })
    void shouldRejectWhatIsOutOfRange(String number) {
        assertThatExceptionOfType(Rejection.class)
                .isThrownBy(() -> FixedPoint.parse("temperature", number, 6))
                .withMessage("temperature: out of range: " + number)
                .extracting(Rejection::reason)
                .isEqualTo(RejectReason.RANGE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2.5, 2",
        "0, 3.5, 4",
        "0, -3.5, -4",
        "0, 0.05, 0",
        "4, 19.38005, 193800",
        "4, 0.00015, 2",
        "4, 1e8, 1000000000000"
    })
    void shouldRoundAtTheScale(int scale, String number, long units) throws Rejection {
        assertThat(FixedPoint.parse("f", number, scale)).isEqualTo(units);
    }

    @Test
    void shouldNotWorkHarderForLargeExponents() {
        assertTakes(Duration.ofSeconds(5), () -> {
            long sum = 0;
            for (int i = 0; i < 100_000; i++) {
                sum += FixedPoint.parse("f", "1e-999999999", 6);
                sum += FixedPoint.parse("f", "0e999999999", 6);
            }
            assertThat(sum).isZero();
        });
    }
}
