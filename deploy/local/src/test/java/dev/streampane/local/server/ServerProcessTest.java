// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.NumberFormat;
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

    /** Prints a number as Kafka names segments. */
    static final class Counts {

        private Counts() {}

        public static void main(String[] arguments) {
            NumberFormat format = NumberFormat.getInstance();
            format.setGroupingUsed(false);
            System.out.println("counted " + format.format(123));
        }
    }

    /** Leaves a file behind when it is told to end. */
    static final class Orderly {

        private Orderly() {}

        public static void main(String[] arguments) throws InterruptedException, IOException {
            Path folder = Path.of(arguments[0]);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    Thread.sleep(300);
                    Files.createFile(folder.resolve("ended"));
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            Files.createFile(folder.resolve("started"));
            Thread.currentThread().join();
        }
    }

    @Test
    void shouldLetAServerEndInOrder(@TempDir Path folder) throws Exception {
        try (ServerProcess orderly = start(folder, Orderly.class)) {
            await().until(() -> Files.exists(folder.resolve("started")));

            // When
            ServerProcess.terminate(orderly.process());

            // Then
            assertThat(orderly.process().waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(folder.resolve("ended")).exists();
            assertThat(orderly.process().exitValue()).isEqualTo(128 + 15);
        }
    }

    @Test
    void shouldEndWhereMemoryDoes(@TempDir Path folder) throws Exception {
        // When
        try (ServerProcess hungry = start(folder, Hungry.class)) {
            // Then
            assertThat(hungry.process().waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(hungry.process().exitValue()).isEqualTo(3);
        }
    }

    @Test
    void shouldNameFilesWithTheSameDigitsInEachLocale(@TempDir Path folder) throws Exception {
        // When
        try (ServerProcess counts =
                start(folder, Counts.class, Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=fa -Duser.country=IR"))) {
            // Then
            assertThat(counts.process().waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(folder.resolve("server.log")).content().contains("counted 123");
        }
    }

    private static ServerProcess start(Path folder, Class<?> main) {
        return start(folder, main, Map.of());
    }

    private static ServerProcess start(Path folder, Class<?> main, Map<String, String> environment) {
        return ServerProcess.start(
                "server",
                folder.resolve("server.log"),
                List.of("-Xmx16m", "-cp", System.getProperty("java.class.path")),
                environment,
                main.getName(),
                List.of(folder.toString()));
    }
}
