// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.streampane.simulation.FaultSettings;
import dev.streampane.simulation.FieldReader;
import dev.streampane.simulation.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IotAdjustmentTest {

    @Test
    void shouldChangeTheRateOfTagsApartFromThatOfReadings() {
        IotAdjustment adjustment = read("{\"tags\":{\"rate\":50}}");

        assertThat(adjustment.tagRate()).contains(50L);
        assertThat(adjustment.common().rate()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {} | `` | must set state, rate, tags or faults
                    [] | `` | must be a JSON object
                    {"stat":"PAUSED"} | stat | is unknown; known are faults, rate, state, tags
                    {"tags":5} | tags | must be a JSON object
                    {"tags":{"rate":0}} | tags.rate | 0 is not allowed; allowed is a whole number from 1 to 100000
                    {"tags":{"rat":1}} | tags.rat | is unknown; known are rate
                    """)
    void shouldNameTheFieldThatIsNotAllowed(String json, String field, String message) {
        // When
        InvalidRequestException refused = catchThrowableOfType(InvalidRequestException.class, () -> read(json));

        // Then
        assertThat(refused.violations()).hasSize(1);
        assertThat(refused.violations().get(0).field()).isEqualTo(field);
        assertThat(refused.violations().get(0).message()).contains(message);
    }

    @Test
    void shouldRefuseARateOfTagsWhereThereAreNone() {
        InvalidRequestException refused =
                catchThrowableOfType(InvalidRequestException.class, () -> read("{\"tags\":{\"rate\":100}}", false));

        assertThat(refused.violations().get(0).field()).isEqualTo("tags");
    }

    private static IotAdjustment read(String json) {
        return read(json, true);
    }

    private static IotAdjustment read(String json, boolean tagged) {
        return IotAdjustment.read(
                FieldReader.parse(json.getBytes(StandardCharsets.UTF_8)),
                FaultSettings.of(TestConfig.of(Map.of()).faults()),
                tagged);
    }
}
