// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.ServiceProcess;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Permissions that an operator adds by {@code quarkus.http.auth.*}. */
@Tag("native")
@BesideQuarkus
class PermissionsIT {

    @TempDir
    Path folder;

    @Test
    void shouldApplyToOwnersOfKeys() throws IOException {
        // Given
        ApiKey.IssuedKey made = ApiKey.make("admin", List.of("admin"), Optional.empty());
        Path keys = Files.writeString(folder.resolve("keys"), made.line().line());
        Map<String, String> settings = Map.of(
                "results.security.profile", "api-key",
                "results.security.keys-file", keys.toString(),
                "quarkus.http.auth.permission.known.paths", "/q/openapi",
                "quarkus.http.auth.permission.known.policy", "authenticated",
                "quarkus.http.auth.permission.nobody.paths", "/api/v1/audit",
                "quarkus.http.auth.permission.nobody.policy", "deny");
        String[] key = {"X-API-Key", made.key()};
        try (ServiceProcess service = new ServiceProcess(folder, settings).start()) {
            // When
            service.awaitListening();
            // Then
            assertThat(service.get("/q/openapi", key).statusCode()).isEqualTo(200);
            HttpResponse<String> unknown = service.get("/q/openapi");
            assertProblem(unknown, 401, "unauthorized");
            assertThat(unknown.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"streampane\"");
            assertProblem(service.get("/api/v1/audit"), 401, "unauthorized");
            assertProblem(service.get("/api/v1/audit", key), 403, "forbidden");
            assertThat(service.log()).doesNotContain("Request failed");
        }
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(JsonPath.from(answer.body()).getString("type")).isEqualTo("/problems/" + code);
    }
}
