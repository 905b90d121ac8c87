// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.streampane.results.Settings;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuthenticationTest {

    private final List<Object> timers = new ArrayList<>();
    private final Vertx vertx = (Vertx) Proxy.newProxyInstance(
            Vertx.class.getClassLoader(), new Class<?>[] {Vertx.class}, (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("setPeriodic");
                timers.add(arguments[0]);
                return 1L;
            });

    @Test
    void shouldReadFilesAgainOnlyWhenThereAreAny(@TempDir Path folder) throws IOException {
        // Given
        Path keys = Files.createFile(folder.resolve("keys"));
        Path ticketKeys = Files.writeString(folder.resolve("ticket-keys"), "A".repeat(44));
        // When
        start(Map.of());
        // Then
        assertThat(timers).isEmpty();
        start(Map.of("results.security.profile", "api-key", "results.security.keys-file", keys.toString()));
        start(Map.of("results.security.ticket-keys-file", ticketKeys.toString()));
        assertThat(timers).hasSize(2);
    }

    @Test
    void shouldTakeWhatATrustedProxySaysForAnAddressAlsoWhereItIsNone() {
        assertThat(Access.address(SocketAddress.inetSocketAddress(1, "unknown")))
                .isEqualTo("unknown");
        assertThat(Access.address(SocketAddress.inetSocketAddress(1, "127.0.0.1")))
                .isEqualTo("127.0.0.1");
    }

    static Stream<Arguments> refused() {
        String profile = "results.security.profile";
        return Stream.of(
                arguments(
                        "0.0.0.0",
                        Map.of(),
                        "quarkus.http.host=0.0.0.0 is not allowed under results.security.profile=none"),
                arguments("0.0.0.0", Map.of(profile, "api-key"), "results.security.keys-file is missing"),
                arguments(
                        "127.0.0.1",
                        Map.of(profile, "api-key", "results.security.keys-file", "pom.xml"),
                        "results.security.keys-file: pom.xml line 1: "),
                arguments(
                        "127.0.0.1",
                        Map.of("results.security.ticket-keys-file", "pom.xml"),
                        "results.security.ticket-keys-file: pom.xml line 1: "));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldStopTheStartAndSayWhatIsAllowed(String host, Map<String, String> settings, String said) {
        assertThatThrownBy(() -> start(host, settings))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(said);
    }

    private void start(Map<String, String> settings) {
        start("127.0.0.1", settings);
    }

    private void start(String host, Map<String, String> settings) {
        new Authentication(Settings.with(settings), host, vertx).start(new StartupEvent());
    }
}
