// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonRecordsTest {

    /** A name that the body has from an option comes to the task as another text, which is equal. */
    @Test
    void shouldFindFieldsByNamesThatWereSerialized() throws Exception {
        // Given
        String name = "meter";
        var records = InstantiationUtil.clone(new JsonRecords<>(
                String.class,
                "meter-reading",
                List.of(name, "ts"),
                (fetched, fields) -> Decoded.value(fetched, fields.id(name), fields.time("ts", null))));
        // When
        Decoded<String> decoded =
                records.decode(FetchedRecords.of("{\"meter\":\"m1\",\"ts\":\"2026-11-20T06:00:01Z\"}"));
        // Then
        assertThat(decoded.message()).isNull();
        assertThat(decoded.value()).isEqualTo("m1");
    }

    /** White space to others, a vertical tab is none in JSON. */
    @Test
    void shouldNotCallOneMoreObjectWhatIsNone() {
        // Given
        var records = new JsonRecords<>(
                String.class, "meter-reading", List.of("ts"), (fetched, fields) -> Decoded.value(fetched, "", 0));
        // When
        Decoded<String> decoded = records.decode(FetchedRecords.of("{}\u000b"));
        // Then
        assertThat(decoded.reason()).isEqualTo(RejectReason.TRAILING);
        assertThat(decoded.message()).isEqualTo("something after the object");
    }

    /** One more field makes them unusual. */
    @ParameterizedTest
    @CsvSource({
        "level, 6, '{\"level\":1.5', 1500000",
        "level, 7, '{\"level\":1.5', 15000000",
        "level, 7, '{\"level\":-0.0000001', -1",
        "level, 9, '{\"level\":3', 3000000000",
        "größe, 1, '{\"größe\":1.5', 15",
        "größe, 1, '{\"gr??e\":1.5', ",
        "größe, 1, '{\"gr????e\":1.5', ",
        "level, 1, '{\"other\":1.5', "
    })
    void shouldReadFieldsOfOnesOwnAsJsonFieldsDoes(String name, int scale, String object, Long units) {
        // Given
        var records = new JsonRecords<>(
                Long.class,
                "meter-reading",
                List.of(name, "other"),
                (fetched, fields) -> Decoded.value(fetched, fields.units(name, scale), 0));
        // When
        Decoded<Long> usual = records.decode(FetchedRecords.of(object + '}'));
        Decoded<Long> unusual = records.decode(FetchedRecords.of(object + ",\"more\":1}"));
        // Then
        assertThat(usual.message()).isEqualTo(unusual.message());
        assertThat(usual.value()).isEqualTo(unusual.value()).isEqualTo(units);
    }
}
