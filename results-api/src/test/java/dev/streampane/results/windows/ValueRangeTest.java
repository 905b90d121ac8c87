// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.store.ResultJson;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueRangeTest {

    @ParameterizedTest
    @CsvSource({
        "a.gte=20.5, 20.500000, true",
        "a.gte=20.5, 20.499999, false",
        "a.gt=20.5, 20.5, false",
        "a.gt=20.5, 20.500001, true",
        "a.lte=-0.5, -0.500000, true",
        "a.lt=-0.5, -0.50, false",
        "a.lt=999999999999.999999, 999999999999.999998, true",
        "a.gte=999999999999.999999, 999999999999.999998, false",
        "a.gte=1, '\"2\"', false",
        "b.gte=1, 2, false"
    })
    void shouldCompareEveryDigit(String parameter, String value, boolean holds) throws IOException {
        List<ValueRange> ranges = ValueRange.of(parameters(parameter));
        assertThat(ranges).hasSize(1);
        assertThat(ranges.get(0).holds(ResultJson.JSON.readTree("{\"values\":{\"a\":" + value + "}}")))
                .isEqualTo(holds);
    }

    @Test
    void shouldTakeSeveralBoundsAndRefuseWhatIsNone() {
        assertThat(ValueRange.of(parameters("a.gte=1&a.lt=2&b-c_1.lte=3")))
                .extracting(ValueRange::parameter)
                .containsExactly("a.gte", "a.lt", "b-c_1.lte");
        Parameters wrong = parameters("a.gte=x&a.GTE=1&.gte=1&a.b.gte=1&a.eq=1&*.gte=1&a.lt=1&a.lt=1");
        assertThat(ValueRange.of(wrong)).hasSize(1);
        assertThatThrownBy(wrong::check).isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(
                        refused.problem().violations())
                .extracting(violation -> violation.parameter())
                .containsExactly("a.GTE", ".gte", "a.b.gte", "a.eq", "*.gte", "a.lt", "a.gte"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"warm", "", "1e3", "NaN", ".5", "1.", "%2B1", "1,5"})
    void shouldTakeNoOtherNumbers(String number) {
        Parameters parameters = parameters("a.lt=" + number);
        assertThat(ValueRange.of(parameters)).isEmpty();
        assertThatThrownBy(parameters::check).hasMessageContaining("a.lt");
    }

    private static Parameters parameters(String query) {
        return Parameters.of(query, List.of(ValueRange.PARAMETER));
    }
}
