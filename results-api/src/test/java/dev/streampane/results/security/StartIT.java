// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.streampane.results.RawHttp;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How the packaged service is started, and when it refuses to. */
@Tag("native")
class StartIT {

    private static final String HOST = "quarkus.http.host";
    private static final String PROFILE = "results.security.profile";

    @TempDir
    Path folder;

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(
                        "everybody could read",
                        Map.of(HOST, "0.0.0.0"),
                        "quarkus.http.host=0.0.0.0 is not allowed under" + " results.security.profile=none"),
                arguments("unknown profile", Map.of(PROFILE, "password"), "results.security.profile"),
                arguments(
                        "no keys file",
                        Map.of(PROFILE, "api-key", HOST, "0.0.0.0"),
                        "results.security.keys-file is missing"),
                arguments(
                        "bad keys file",
                        Map.of(PROFILE, "api-key", "results.security.keys-file", "pom.xml"),
                        "results.security.keys-file: pom.xml line 1: "),
                arguments(
                        "bad ticket keys file",
                        Map.of("results.security.ticket-keys-file", "pom.xml"),
                        "results.security.ticket-keys-file: pom.xml line 1: "),
                arguments("no issuer", Map.of(PROFILE, "oidc"), "quarkus.oidc.auth-server-url"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void shouldNotStartAndSayWhatIsAllowed(String name, Map<String, String> settings, String said) {
        try (Service service = Service.start(folder, settings)) {
            assertThat(service.exit()).isEqualTo(1);
            assertThat(service.log()).contains(said).doesNotContain("Listening on");
        }
    }

    @Test
    void shouldListenEverywhereWhenToldSo() {
        try (Service service =
                Service.start(folder, Map.of(HOST, "0.0.0.0"), "--insecure").awaitListening()) {
            assertThat(service.get("/").statusCode()).isEqualTo(200);
            assertThat(service.log()).contains("Anybody who reaches 0.0.0.0 may read everything");
        }
    }

    /** As in a container whose port is published on a loopback address alone. */
    @Test
    void shouldAnswerLoopbackHostsAloneWhenToldSo() throws IOException {
        Map<String, String> settings = Map.of(HOST, "0.0.0.0", "results.security.loopback-hosts", "true");
        try (Service service = Service.start(folder, settings, "--insecure").awaitListening()) {
            RawHttp http = new RawHttp(service.root());
            http.send("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                    .assertProblem(421);
            assertThat(http.send(RawHttp.request("GET", "/", "")).status()).isEqualTo(200);
        }
    }

    @Test
    void shouldMakeAKeyWithoutStartingAnything() throws IOException {
        try (Service made = Service.start(folder, Map.of(), "--new-key", "dash", "--scope", "read:a")) {
            assertThat(made.exit()).isZero();
            List<String> lines = made.log().lines().toList();
            assertThat(lines).hasSize(2);
            String file = "keys\u001b[31m\nforged";
            Path keys = Files.writeString(folder.resolve(file), lines.get(1).replace("line: ", ""));
            String key = lines.get(0).replace("key:  ", "");
            try (Service service = Service.start(
                            folder, Map.of(PROFILE, "api-key", "results.security.keys-file", keys.toString()))
                    .awaitListening()) {
                assertThat(service.send("POST", "/api/v1/tickets", "X-API-Key", key)
                                .statusCode())
                        .isEqualTo(201);
                assertThat(service.log())
                        .doesNotContain(key)
                        .doesNotContain("\u001b", "\nforged")
                        .contains("keys?[31m?forged");
            }
        }
    }

    /** 503, as there is no broker, is what a stream that may be opened answers. */
    @Test
    void shouldTakeTicketsOfAnotherInstanceWithItsKeysOnce() throws IOException {
        // Given
        ApiKey.IssuedKey key = ApiKey.make("dash", List.of("read:a"), Optional.empty());
        Map<String, String> settings = Map.of(
                PROFILE,
                "api-key",
                "results.security.keys-file",
                Files.writeString(folder.resolve("keys"), key.line().line()).toString(),
                "results.security.keys-refresh",
                "100ms",
                "results.security.ticket-keys-file",
                Files.writeString(
                                folder.resolve("ticket-keys"),
                                Base64.getEncoder().encodeToString(new byte[32]))
                        .toString());
        try (Service one = Service.start(folder, settings);
                Service other = Service.start(folder, settings)) {
            one.awaitListening();
            other.awaitListening();
            // When
            String ticket = ticket(one, key);
            String unused = ticket(one, key);
            // Then
            for (Service instance : List.of(other, one)) {
                assertThat(stream(instance, ticket)).isEqualTo(503);
                assertThat(stream(instance, ticket)).as("a second time").isEqualTo(401);
            }
            Files.writeString(folder.resolve("keys"), "");
            await().atMost(60, TimeUnit.SECONDS)
                    .until(() ->
                            other.get("/api/v1/jobs", "X-API-Key", key.key()).statusCode() == 401);
            assertThat(stream(other, unused)).as("of a key that is gone").isEqualTo(401);
        }
    }

    private static String ticket(Service service, ApiKey.IssuedKey key) {
        return JsonPath.from(service.send("POST", "/api/v1/tickets", "X-API-Key", key.key())
                        .body())
                .getString("ticket");
    }

    private static int stream(Service service, String ticket) {
        return service.get("/api/v1/stream?ticket=" + ticket).statusCode();
    }

    @Test
    void shouldExplainItselfAndRefuseWhatItDoesNotUnderstand() {
        try (Service help = Service.start(folder, Map.of(), "--help");
                Service wrong = Service.start(folder, Map.of(), "--in-secure");
                Service partial = Service.start(folder, Map.of(), "--new-key", "dash")) {
            assertThat(help.exit()).isZero();
            assertThat(help.log()).startsWith("Usage: ");
            assertThat(wrong.exit()).isEqualTo(2);
            assertThat(wrong.log())
                    .startsWith("'--in-secure' is not understood")
                    .contains("Usage");
            assertThat(partial.exit()).isEqualTo(2);
            assertThat(partial.log()).startsWith("--scope is missing");
        }
    }
}
