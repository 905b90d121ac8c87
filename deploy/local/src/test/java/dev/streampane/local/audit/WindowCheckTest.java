// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import dev.streampane.local.audit.AuditReport.Finding;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowCheckTest {

    private static final int WINDOWS = 50;
    private static final int KEYS = 20;

    /** 20 results with a finding each are taken for 11 to 14 KB. */
    @ParameterizedTest
    @CsvSource({
        "tumbling(1m), 10000000, 1",
        "tumbling(1m), 30000, 25",
        "session(30s), 10000000, 1",
        "session(30s), 30000, 25"
    })
    void shouldHoldTheResultsThatFitAndAskForTheOthersAgain(String spec, long bytes, int readings) {
        // Given
        List<PublishedResult> newestFirst = IntStream.range(0, WINDOWS)
                .mapToObj(window -> Instant.EPOCH.plusSeconds(60L * (WINDOWS - window)))
                .flatMap(end -> IntStream.range(0, KEYS).mapToObj(key -> secondRevision(spec, end, "device" + key)))
                .toList();
        WindowCheck check = new WindowCheck(bytes);
        List<List<Finding>> found = new ArrayList<>();
        // When
        do {
            newestFirst.forEach(result -> check.revise(result, "window-results", false));
            found.add(check.wrong().toList());
        } while (check.next());
        // Then
        assertThat(found).hasSize(readings);
        assertThat(found.stream().flatMap(List::stream).map(Finding::detail))
                .hasSize(WINDOWS * KEYS)
                .doesNotHaveDuplicates()
                .allMatch(detail -> detail.endsWith("revision 2 follows 0"));
    }

    private static PublishedResult secondRevision(String spec, Instant end, String key) {
        String json = """
                {"id":"weather-average~%1$s~%2$s~%3$s","job":"weather-average","spec":"%1$s","key":"%2$s",
                 "window":{"start":"1970-01-01T00:00:00Z","end":"%3$s"},"generation":1,"rev":2,"status":"FINAL","count":1}""".formatted(spec, key, end);
        return PublishedResult.read(Json.read(json.getBytes(StandardCharsets.UTF_8)))
                .orElseThrow();
    }
}
