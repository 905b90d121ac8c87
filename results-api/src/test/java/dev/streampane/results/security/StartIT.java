// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.RawHttp;
import dev.streampane.results.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How the packaged service is started, and when it refuses to. */
@Tag("native")
@BesideQuarkus
class StartIT {

    private static final String HOST = "quarkus.http.host";
    private static final String PROFILE = "results.security.profile";

    @TempDir
    Path folder;

    /** Each as its own part of the start says it; {@link AuthenticationTest} has the others. */
    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(Map.of(HOST, "0.0.0.0"), "quarkus.http.host=0.0.0.0 is not allowed"),
                arguments(Map.of(PROFILE, "oidc"), "quarkus.oidc.auth-server-url"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldNotStartAndSayWhatIsAllowed(Map<String, String> settings, String said) {
        try (ServiceProcess service = new ServiceProcess(folder, settings).start()) {
            assertThat(service.exit()).isEqualTo(1);
            assertThat(service.log()).contains(said).doesNotContain("Listening on");
        }
    }

    /** As in a container whose port is published on a loopback address alone. */
    @Test
    void shouldListenEverywhereAndAnswerLoopbackHostsAloneWhenToldSo() throws IOException {
        Map<String, String> settings = Map.of(HOST, "0.0.0.0", "results.security.loopback-hosts", "true");
        try (ServiceProcess service =
                new ServiceProcess(folder, settings, "--insecure").start().awaitListening()) {
            RawHttp http = new RawHttp(service.root());
            http.send("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                    .assertProblem(421);
            assertThat(http.send(RawHttp.request("GET", "/", "")).status()).isEqualTo(200);
            assertThat(service.log()).contains("Anybody who reaches 0.0.0.0 may read everything");
        }
    }

    @Test
    void shouldExplainItselfAndRefuseWhatItDoesNotUnderstand() {
        try (ServiceProcess help = new ServiceProcess(folder, Map.of(), "--help").start();
                ServiceProcess wrong = new ServiceProcess(folder, Map.of(), "--in-secure").start();
                ServiceProcess partial = new ServiceProcess(folder, Map.of(), "--new-key", "dash").start()) {
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
