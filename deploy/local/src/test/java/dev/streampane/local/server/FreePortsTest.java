// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    @Test
    void shouldGiveNoPortTwiceThoughNobodyListensYet() {
        assertThat(IntStream.range(0, 1_000).flatMap(call -> IntStream.of(FreePorts.next(2))))
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldTakeAPortFromNobodyByLookingWhetherSomebodyListens() throws Exception {
        // Given
        int port = FreePorts.next();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> look = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                FreePorts.isListening(port);
            }
        });

        // When
        try {
            for (int start = 0; start < 2_000; start++) {
                listen(port).close();
            }
        } finally {
            over.set(true);
        }

        // Then
        look.join();
        try (ServerSocket server = listen(port)) {
            assertThat(FreePorts.isListening(server.getLocalPort())).isTrue();
        }
        assertThat(FreePorts.isListening(port)).isFalse();
    }

    private static ServerSocket listen(int port) throws IOException {
        return new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }
}
