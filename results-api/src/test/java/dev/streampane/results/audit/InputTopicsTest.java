// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.audit.AuditLine.Verdicts;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputTopicsTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @Test
    void shouldNotWaitForTopicsWithoutTimes() {
        // When Then
        assertThat(
                        InputTopics.timeless(
                                List.of(
                                        books("word-count", "words", 5, null),
                                        books("weather-average", "readings", 5, NOON),
                                        books("weather-average", "silent", 0, null),
                                        books("word-count", "lines", 5, null),
                                        books("fraud-detection", "lines", 5, NOON))))
                .containsExactly("words");
    }

    private static PartitionBooks books(String job, String topic, long rows, Instant clock) {
        OpenBooks books = new OpenBooks(new PartitionKey(job, 1, topic, "id", 0));
        books.add(
                new AuditLine(
                        new PartitionKey(job, 1, topic, "id", 0),
                        0,
                        9,
                        10,
                        10 + rows,
                        10,
                        0,
                        0,
                        List.of(),
                        List.of(new Verdicts("none", rows, 0, null)),
                        clock));
        return books.snapshot();
    }
}
