// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {

    /** Lives on without memory. */
    static final class Hungry {

        private Hungry() {}

        public static void main(String[] arguments) throws InterruptedException {
            List<byte[]> eaten = new ArrayList<>();
            try {
                while (true) {
                    eaten.add(new byte[1 << 20]);
                }
            } catch (OutOfMemoryError e) {
                eaten.clear();
                Thread.currentThread().join();
            }
        }
    }

    @Test
    void shouldEndWhereMemoryDoes(@TempDir Path folder) throws Exception {
        // When
        try (ServerProcess hungry = ServerProcess.start(
                "hungry",
                folder.resolve("hungry.log"),
                List.of("-Xmx16m", "-cp", System.getProperty("java.class.path")),
                Map.of(),
                Hungry.class.getName(),
                List.of())) {
            // Then
            assertThat(hungry.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(hungry.process().exitValue()).isEqualTo(3);
        }
    }
}
