// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RequestLabelsTest {

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    RequestLabelsTest() {
        metrics.config().meterFilter(new RequestLabels());
    }

    @Test
    void shouldKeepEachOperationApart() throws IOException {
        // Given
        List<String> paths = Pattern.compile("(?m)^  (/api/\\S+):$")
                .matcher(Files.readString(Path.of("src/main/resources/META-INF/openapi.yaml")))
                .results()
                .map(line -> line.group(1))
                .toList();
        // When
        paths.forEach(path -> count("GET", path, "503", "SERVER_ERROR"));
        // Then
        assertThat(paths).contains("/api/v1/windows", "/api/v1/stream").hasSizeGreaterThan(15);
        assertThat(labels())
                .hasSameElementsAs(paths.stream().map(path -> "GET " + path).toList());
    }

    @Test
    void shouldNotGrowWithWhatClientsMakeUp() {
        // When
        for (int n = 0; n < 1_000; n++) {
            count("M" + n, "/api/v1/windows", "405", "CLIENT_ERROR");
            count("GET", "/api/v1/windows/" + n, "401", "CLIENT_ERROR");
            count("GET", "/{id}" + n, "400", "CLIENT_ERROR");
            count("OPTIONS", "/page/" + n, "200", "SUCCESS");
            count("GET", "/page/" + n + "/../main.js", "200", "SUCCESS");
            count("GET", "/page/%6dain" + n + ".js", "200", "SUCCESS");
        }
        count("GET", "/page/main.js", "200", "SUCCESS");
        count("GET", "NOT_FOUND", "404", "CLIENT_ERROR");
        // Then
        assertThat(labels())
                .containsOnly(
                        "OTHER /api/v1/windows",
                        "GET UNKNOWN",
                        "OPTIONS UNKNOWN",
                        "GET /page/main.js",
                        "GET NOT_FOUND");
    }

    private void count(String method, String uri, String status, String outcome) {
        metrics.timer("http.server.requests", "method", method, "outcome", outcome, "status", status, "uri", uri)
                .record(() -> {});
    }

    private List<String> labels() {
        return metrics.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getTag("method") + " " + id.getTag("uri"))
                .toList();
    }
}
