// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.streampane.simulation.FieldReader;
import dev.streampane.simulation.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IotResourceTest {

    @Test
    void shouldChangeTheRateOfTagsApartFromThatOfReadings() {
        IotSimulation simulation = simulation(true);

        adjust(simulation, "{\"tags\":{\"rate\":50}}"); // the loop of the readings, which is not there, is left alone

        assertThat(simulation.tags().orElseThrow().loop().rate()).isEqualTo(50);
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
        InvalidRequestException refused =
                catchThrowableOfType(InvalidRequestException.class, () -> adjust(simulation(true), json));

        // Then
        assertThat(refused.violations()).hasSize(1);
        assertThat(refused.violations().get(0).field()).isEqualTo(field);
        assertThat(refused.violations().get(0).message()).contains(message);
    }

    @Test
    void shouldRefuseARateOfTagsWhereThereAreNone() {
        InvalidRequestException refused = catchThrowableOfType(
                InvalidRequestException.class, () -> adjust(simulation(false), "{\"tags\":{\"rate\":100}}"));

        assertThat(refused.violations().get(0).field()).isEqualTo("tags");
    }

    private static void adjust(IotSimulation simulation, String json) {
        new IotResource(simulation).adjust(FieldReader.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    /** A simulation that does not run. */
    private static IotSimulation simulation(boolean tagged) {
        var simulation =
                new IotSimulation(TestConfig.of(Map.of("iot.tags.enabled", String.valueOf(tagged))), null, null);
        simulation.others(0);
        return simulation;
    }
}
