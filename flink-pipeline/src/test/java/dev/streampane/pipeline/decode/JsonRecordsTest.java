// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

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
}
