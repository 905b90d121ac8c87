// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdjustmentTest {

    private interface Config extends SimulatorConfig {

        @Override
        @Allowed("a whole number from {0} (none) to {1000000}")
        long rate();
    }

    private static final FaultSettings DEFAULTS = new FaultSettings(
            new FaultSettings.Shift(0, Duration.ofMinutes(3)),
            new FaultSettings.Shift(0, Duration.ofSeconds(3)),
            new FaultSettings.Copies(0, 2),
            new FaultSettings.Malformed(0, List.of(Malformation.values())),
            new FaultSettings.Shift(0, Duration.ofHours(1)),
            new FaultSettings.Shift(0, Duration.ofSeconds(30)));

    @Test
    void shouldChangeOnlyWhatIsNamed() throws Exception {
        // When
        Adjustment adjustment = read("{\"state\":\"PAUSED\",\"rate\":500,\"faults\":{\"late\":{\"probability\":0.5},"
                + "\"malformed\":{\"kinds\":[\"too-big\",\"not_json\"]},"
                + "\"future\":{\"by\":\"-PT1H\"},\"silent\":{\"by\":\"2m\"}}}");

        // Then
        assertThat(adjustment.paused()).contains(true);
        assertThat(adjustment.rate()).contains(500L);
        FaultSettings faults = adjustment.faults().orElseThrow();
        assertThat(faults.late()).isEqualTo(new FaultSettings.Shift(0.5, Duration.ofMinutes(3)));
        assertThat(faults.malformed().probability()).isZero();
        assertThat(faults.malformed().kinds()).containsExactly(Malformation.TOO_BIG, Malformation.NOT_JSON);
        assertThat(faults.future().by()).isEqualTo(Duration.ofHours(-1));
        assertThat(faults.silent().by()).isEqualTo(Duration.ofMinutes(2));
        assertThat(faults.duplicated()).isEqualTo(DEFAULTS.duplicated());
        assertThat(faults.outOfOrder()).isEqualTo(DEFAULTS.outOfOrder());
    }

    @Test
    void shouldLeaveFaultsAloneWhenOnlyTheStateIsNamed() throws Exception {
        Adjustment adjustment = read("{\"state\":\"RUNNING\"}");

        assertThat(adjustment.paused()).contains(false);
        assertThat(adjustment.rate()).isEmpty();
        assertThat(adjustment.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {} | `` | must set state
                    [] | `` | must be a JSON object
                    {"stat":"PAUSED"} | stat | is unknown; known are faults, rate, state
                    {"state":"paused"} | state | "paused" is not allowed; allowed is RUNNING or PAUSED
                    {"state":null} | state | null is not allowed
                    {"rate":-1} | rate | -1 is not allowed; allowed is a whole number from 0
                    {"rate":1.5} | rate | 1.5 is not allowed
                    {"rate":1000001} | rate | 1000001 is not allowed
                    {"rate":1e400} | rate | is not allowed
                    {"rate":"5"} | rate | "5" is not allowed
                    {"faults":[]} | faults | must be a JSON object
                    {"faults":{"early":{}}} | faults.early | is unknown
                    {"faults":{"late":1}} | faults.late | must be a JSON object
                    {"faults":{"late":{"probability":1.01}}} | faults.late.probability | a number from 0 to 1
                    {"faults":{"late":{"by":"0s"}}} | faults.late.by | a duration from 1ms to 30d
                    {"faults":{"late":{"by":"1 m"}}} | faults.late.by | "1 m" is not allowed
                    {"faults":{"late":{"by":"PT"}}} | faults.late.by | "PT" is not allowed
                    {"faults":{"late":{"by":"999999999999999d"}}} | faults.late.by | "999999999999999d" is not allowed
                    {"faults":{"late":{"by":5}}} | faults.late.by | 5 is not allowed
                    {"faults":{"future":{"by":"0s"}}} | faults.future.by | not 0
                    {"faults":{"future":{"by":"PT-9223372036854775808S"}}} | faults.future.by | not 0
                    {"faults":{"duplicated":{"copies":1}}} | faults.duplicated.copies | from 2 to 1000
                    {"faults":{"malformed":{"kinds":[]}}} | faults.malformed.kinds | a list of
                    {"faults":{"malformed":{"kinds":["odd"]}}} | faults.malformed.kinds | a list of
                    {"faults":{"malformed":{"kinds":[null]}}} | faults.malformed.kinds | [null] is not allowed
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
    void shouldNameEverythingThatIsWrong() {
        // When
        InvalidRequestException refused = catchThrowableOfType(
                InvalidRequestException.class,
                () -> read("{\"rate\":-1,\"x\":1,\"faults\":{\"silent\":{\"probability\":2}}}"));

        // Then
        assertThat(refused.violations())
                .extracting(Violation::field)
                .containsExactly("x", "rate", "faults.silent.probability");
    }

    private static Adjustment read(String json) throws JsonProcessingException {
        FieldReader fields = new FieldReader(Config.class, new ObjectMapper().readTree(json));
        Adjustment adjustment = Adjustment.read(fields, List.of(), DEFAULTS);
        fields.check();
        return adjustment;
    }
}
