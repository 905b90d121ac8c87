// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.results.Fixtures.SIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.Fixtures;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.Entries;
import dev.streampane.results.tail.TailEntry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    fields=count,key | {"key":"k","count":30}
                    fields=window.zone,window.kind | {"window":{"kind":"tumbling","zone":"UTC"}}
                    fields=values.min_load | {"values":{"min_load":-0.500000}}
                    fields=values.min_load,values | {"values":{"avg_load":19.380000,"min_load":-0.500000}}
                    fields=sums.load,sums.none | {"sums":{"load":"581400000"}}
                    fields=inputs.last | {"inputs":[{"last":1290}]}
                    fields=mergedInto | {}
                    """)
    void shouldShowWhatIsAskedForInTheContractsOrder(String query, String expected) {
        assertThat(Fields.of(Parameters.of(query, List.of(Fields.PARAMETER))).of(row()))
                .hasToString(expected);
    }

    @Test
    void shouldShowAllOfAResultAndItsLinksOfNoFields() {
        // Given
        TailEntry row = row();
        // When
        ObjectNode shown = (ObjectNode) ResultJson.read(
                Fields.of(Parameters.of("", List.of(Fields.PARAMETER))).of(row).toString());
        // Then
        assertThat(shown.remove("links")).hasSize(3);
        assertThat(shown).isEqualTo(ResultJson.of(row));
        assertThat(ResultJson.of(row).has("links")).isFalse();
    }

    private static TailEntry row() {
        return Entries.result(0, 0, SIX, Fixtures.result("job", "k", SIX));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    fields=values.min_load,values.avg_load,key | key,values.min_load,values.avg_load | k,-0.500000,19.380000
                    fields=window | window.kind,window.number,window.start,window.end,window.zone | tumbling,,2026-11-20T06:00:00Z,2026-11-20T06:01:00Z,UTC
                    fields=sums,inputs.last | sums,inputs | "{""load"":""581400000""}","[{""last"":1290}]"
                    fields=watermark,mergedInto,count | mergedInto,count,watermark | ,30,
                    """)
    void shouldBeColumns(String query, String head, String line) {
        // Given
        Fields fields = Fields.of(Parameters.of(query, List.of(Fields.PARAMETER)));
        // Then
        assertThat(LineFormat.CSV.head(fields)).isEqualTo(head + "\r\n");
        assertThat(LineFormat.CSV.line(fields, row())).isEqualTo(line + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"*", "key,", "x", "log", "key.x", "window.", "window.x", "values.a.b", ".", "", "key,,id", "KEY"
            })
    void shouldRefuseWhatIsNoFieldOfTheContract(String fields) {
        Parameters parameters = Parameters.of("fields=" + fields, List.of(Fields.PARAMETER));
        Fields.of(parameters);
        assertThatThrownBy(parameters::check).isInstanceOf(ProblemException.class);
    }
}
