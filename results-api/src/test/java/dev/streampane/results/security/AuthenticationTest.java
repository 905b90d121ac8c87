// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Settings;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private void start(Map<String, String> settings) {
        new Authentication(Settings.with(settings), "127.0.0.1", vertx, null).start(new StartupEvent());
    }
}
