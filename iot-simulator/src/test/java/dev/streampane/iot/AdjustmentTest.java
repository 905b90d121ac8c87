// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdjustmentTest {

    private static final FaultSettings DEFAULTS =
            FaultSettings.of(TestConfig.of(Map.of()).faults());

    @Test
    void shouldChangeOnlyWhatIsNamed() throws Exception {
        // When
        Adjustment adjustment =
                read(
                        "{\"state\":\"PAUSED\",\"rate\":500,\"faults\":{\"late\":{\"probability\":0.5},"
                                + "\"malformed\":{\"kinds\":[\"not_json\",\"too-big\"]},"
                                + "\"future\":{\"by\":\"-PT1H\"},\"silent\":{\"by\":\"2m\"}}}");

        // Then
        assertThat(adjustment.paused()).contains(true);
        assertThat(adjustment.rate()).contains(500L);
        FaultSettings faults = adjustment.faults().orElseThrow();
        assertThat(faults.late()).isEqualTo(new FaultSettings.Shift(0.5, Duration.ofMinutes(3)));
        assertThat(faults.malformed().probability()).isZero();
        assertThat(faults.malformed().kinds())
                .containsExactly(Malformation.NOT_JSON, Malformation.TOO_BIG);
        assertThat(faults.future().by()).isEqualTo(Duration.ofHours(-1));
        assertThat(faults.silent().by()).isEqualTo(Duration.ofMinutes(2));
        assertThat(faults.duplicated()).isEqualTo(DEFAULTS.duplicated());
        assertThat(faults.outOfOrder()).isEqualTo(DEFAULTS.outOfOrder());
    }

    @Test
    void shouldChangeTheRateOfTagsApartFromThatOfReadings() throws Exception {
        Adjustment adjustment = read("{\"tags\":{\"rate\":50}}");

        assertThat(adjustment.tagRate()).contains(50L);
        assertThat(adjustment.rate()).isEmpty();
    }

    @Test
    void shouldLeaveFaultsAloneWhenOnlyTheStateIsNamed() throws Exception {
        Adjustment adjustment = read("{\"state\":\"RUNNING\"}");

        assertThat(adjustment.paused()).contains(false);
        assertThat(adjustment.rate()).isEmpty();
        assertThat(adjustment.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | `` | must set state",
                "[] | `` | must be a JSON object",
                "{\"stat\":\"PAUSED\"} | stat | is unknown; known are faults, rate, state, tags",
                "{\"state\":\"paused\"} | state | \"paused\" is not allowed; allowed is RUNNING or PAUSED",
                "{\"state\":null} | state | null is not allowed",
                "{\"rate\":-1} | rate | -1 is not allowed; allowed is a whole number from 0",
                "{\"rate\":1.5} | rate | 1.5 is not allowed",
                "{\"rate\":1000001} | rate | 1000001 is not allowed",
                "{\"rate\":1e400} | rate | is not allowed",
                "{\"rate\":\"5\"} | rate | \"5\" is not allowed",
                "{\"tags\":5} | tags | must be a JSON object",
                "{\"tags\":{\"rate\":0}} | tags.rate | 0 is not allowed; allowed is a whole number from 1 to 100000",
                "{\"tags\":{\"rat\":1}} | tags.rat | is unknown; known are rate",
                "{\"faults\":[]} | faults | must be a JSON object",
                "{\"faults\":{\"early\":{}}} | faults.early | is unknown",
                "{\"faults\":{\"late\":1}} | faults.late | must be a JSON object",
                "{\"faults\":{\"late\":{\"probability\":1.01}}} | faults.late.probability | a number from 0 to 1",
                "{\"faults\":{\"late\":{\"by\":\"0s\"}}} | faults.late.by | a duration from 1ms to 30d",
                "{\"faults\":{\"late\":{\"by\":\"1 m\"}}} | faults.late.by | \"1 m\" is not allowed",
                "{\"faults\":{\"late\":{\"by\":\"PT\"}}} | faults.late.by | \"PT\" is not allowed",
                "{\"faults\":{\"late\":{\"by\":5}}} | faults.late.by | 5 is not allowed",
                "{\"faults\":{\"future\":{\"by\":\"0s\"}}} | faults.future.by | not 0",
                "{\"faults\":{\"duplicated\":{\"copies\":1}}} | faults.duplicated.copies | from 2 to 1000",
                "{\"faults\":{\"malformed\":{\"kinds\":[]}}} | faults.malformed.kinds | a list of",
                "{\"faults\":{\"malformed\":{\"kinds\":[\"odd\"]}}} | faults.malformed.kinds | a list of",
            })
    void shouldNameTheFieldThatIsNotAllowed(String json, String field, String message) {
        // When
        Adjustment.InvalidException refused =
                catchThrowableOfType(Adjustment.InvalidException.class, () -> read(json));

        // Then
        assertThat(refused.violations()).hasSize(1);
        assertThat(refused.violations().get(0).field()).isEqualTo(field);
        assertThat(refused.violations().get(0).message()).contains(message);
    }

    @Test
    void shouldNameEverythingThatIsWrong() {
        // When
        Adjustment.InvalidException refused =
                catchThrowableOfType(
                        Adjustment.InvalidException.class,
                        () ->
                                read(
                                        "{\"rate\":-1,\"x\":1,\"faults\":{\"silent\":{\"probability\":2}}}"));

        // Then
        assertThat(refused.violations())
                .extracting(Adjustment.Violation::field)
                .containsExactly("x", "rate", "faults.silent.probability");
    }

    private static Adjustment read(String json) throws JsonProcessingException {
        return Adjustment.read(new ObjectMapper().readTree(json), DEFAULTS);
    }

    @Test
    void shouldKeepKindsInTheOrderOfTheRequest() throws Exception {
        assertThat(
                        read("{\"faults\":{\"malformed\":{\"kinds\":[\"range\",\"null\"]}}}")
                                .faults()
                                .orElseThrow()
                                .malformed()
                                .kinds())
                .isEqualTo(List.of(Malformation.RANGE, Malformation.NULL));
    }
}
