// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Http;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private final PrintStream failing = new PrintStream(
            new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException("Broken pipe");
                }
            },
            true);

    private Console console(Console.Style style) {
        return new Console(new PrintStream(printed, true), style, 40);
    }

    private static void life(Console console) {
        console.begin("kafka");
        console.end("kafka", "127.0.0.1:9092");
        console.ready(Duration.ofMillis(12_340), Map.of("page", "http://127.0.0.1:8080/"));
        console.status("records in 5", Map.of("recordsIn", 5));
        console.say("restart", "kafka", "ended with exit code 137");
        console.close();
    }

    @Test
    void shouldPrintPlainLinesWithoutControlCharacters() {
        // When
        life(console(Console.Style.PLAIN));

        // Then
        assertThat(printed.toString())
                .doesNotContain("\033", "\r")
                .containsPattern("  kafka {17,}\\d+\\.\\d s  127\\.0\\.0\\.1:9092\n")
                .contains("ready in 12.3 s\n")
                .contains("records in 5\n")
                .contains("kafka: ended with exit code 137\n");
    }

    @Test
    void shouldPrintOneObjectPerEventAsJson() throws IOException {
        // When
        life(console(Console.Style.JSON));

        // Then
        List<String> lines = printed.toString().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(Http.JSON.readTree(lines.get(1)).path("step").asText()).isEqualTo("kafka");
        assertThat(Http.JSON.readTree(lines.get(2)).path("urls").path("page").asText())
                .isEqualTo("http://127.0.0.1:8080/");
        assertThat(Http.JSON.readTree(lines.get(3)).path("event").asText()).isEqualTo("status");
        assertThat(Http.JSON.readTree(lines.get(4)).path("event").asText()).isEqualTo("restart");
    }

    @Test
    void shouldColourWhatStandsOutWhereColoursAreWanted() {
        // When
        life(console(Console.Style.COLOURED));

        // Then
        assertThat(printed.toString())
                .contains("\033[32mready in 12.3 s\033[0m\n")
                .contains("\033[33mkafka: \033[0mended with exit code 137\n");
        printed.reset();
        life(console(Console.Style.TERMINAL));
        assertThat(printed.toString()).contains("ready in 12.3 s\n").doesNotContainPattern("\033\\[[0-9]+m");
    }

    @Test
    void shouldKeepTheLiveLineWithinTheTerminal() {
        // Given
        Console console = console(Console.Style.TERMINAL);

        // When
        console.status("x".repeat(100), Map.of());
        console.close();

        // Then
        assertThat(printed.toString()).contains("x".repeat(39)).doesNotContain("x".repeat(40));
        assertThat(printed.toString()).endsWith("\r\033[K");
    }

    @Test
    void shouldNoticeThatNobodyReadsAnyMore() {
        // Given
        Console console = new Console(failing, Console.Style.PLAIN, 80);

        // When
        console.say("restart", "kafka", "ended");

        // Then
        assertThat(console.isGone()).isTrue();
    }

    @Test
    void shouldGoByWhoeverKnowsWhetherSomebodyReads() {
        // Given
        Console console = new Console(failing, Console.Style.PLAIN, 80, () -> false);

        // When
        console.say("restart", "kafka", "ended");

        // Then
        assertThat(failing.checkError()).isTrue();
        assertThat(console.isGone()).isFalse();
    }
}
