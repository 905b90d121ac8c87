// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/docs/tour.md}: its commands print what it says; and what README.md asks has answers as there. */
@Tag("campaign")
class TourIT {

    private static final Pattern BLOCKS = Pattern.compile("(?ms)^```bash\\n(.*?)^```\\n(?:^```text\\n(.*?)^```\\n)?");
    private static final Pattern QUESTIONS =
            Pattern.compile("(?ms)^```bash\\n(curl [^\n]*\\n)```\\n```\\w+\\n(.*?)^```\\n");
    private static final Pattern PORT = Pattern.compile("localhost:(\\d+)");
    private static final String ANYTHING = "…";

    /** Says that a block's commands are done. */
    private static final String END = "--- end of block ---";

    private static final int PATIENCE_MINUTES = 10;

    @TempDir
    Path data;

    @Test
    void shouldPrintWhatItSays() throws Exception {
        // Given
        List<MatchResult> blocks = BLOCKS.matcher(
                        Files.readString(Checkout.root().resolve("deploy/docs/tour.md")))
                .results()
                .toList();
        assertThat(blocks).hasSizeGreaterThan(6);
        int portOffset = Up.freePortOffset();
        Path printed = data.resolve("printed");
        try (Up up = Up.withSimulators(data.resolve("stack"), portOffset, "10s")) {
            assertAnswersOfReadme(portOffset);
            // When: one shell, as blocks go on with what those before them found out
            String script = blocks.stream()
                    .map(block -> onThisStack(block.group(1), portOffset) + "echo '" + END + "'\n")
                    .collect(Collectors.joining(
                            "", "streampane() { deploy/streampane \"$@\" --data '" + up.data() + "'; }\n", ""));
            Process shell = shell(script, printed);
            assertThat(shell.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES))
                    .as("ended: " + Files.readString(printed))
                    .isTrue();
        }
        // Then
        String[] outputs = Files.readString(printed).split(END + "\n");
        assertThat(outputs).hasSameSizeAs(blocks);
        for (int i = 0; i < outputs.length; i++) {
            String expected = blocks.get(i).group(2);
            if (expected != null) {
                assertThat(outputs[i]).as(blocks.get(i).group(1)).matches(pattern(expected));
            }
        }
    }

    private static void assertAnswersOfReadme(int portOffset) throws IOException {
        List<MatchResult> questions = QUESTIONS
                .matcher(Files.readString(Checkout.root().resolve("README.md")))
                .results()
                .toList();
        assertThat(questions).hasSize(3);
        for (MatchResult question : questions) {
            await(question.group(1))
                    .untilAsserted(() -> assertThat(form(answer(onThisStack(question.group(1), portOffset))))
                            .isEqualTo(form(question.group(2))));
        }
    }

    /** The standard output; of an endless stream its first window. */
    private static String answer(String command) throws IOException {
        String script =
                command.contains(" -N ") ? command.strip() + " | sed '/^event: window/,/^id:/!d; /^id:/q'" : command;
        Process shell = new ProcessBuilder("bash", "-c", script)
                .redirectError(Redirect.DISCARD)
                .start();
        return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Names and types without values. */
    private static Object form(String answer) throws IOException {
        return answer.startsWith("{")
                ? form(new ObjectMapper().readTree(answer))
                : answer.lines().map(line -> line.split(": ")[0]).toList();
    }

    private static Object form(JsonNode node) {
        if (node.isArray()) {
            return node.valueStream().map(TourIT::form).toList();
        }
        return node.isObject()
                ? node.propertyStream().collect(Collectors.toMap(Map.Entry::getKey, field -> form(field.getValue())))
                : node.getNodeType();
    }

    private Process shell(String script, Path printed) throws IOException {
        Path file = Files.writeString(data.resolve("tour.sh"), script, StandardCharsets.UTF_8);
        return new ProcessBuilder("bash", file.toString())
                .directory(Checkout.root().toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
    }

    /** The same commands for a stack on other ports. */
    private static String onThisStack(String commands, int portOffset) {
        return PORT.matcher(commands.replace("deploy/streampane ", "streampane "))
                .replaceAll(port -> "localhost:" + (Integer.parseInt(port.group(1)) + portOffset));
    }

    private static Pattern pattern(String expected) {
        return Pattern.compile(
                expected.lines().map(TourIT::line).collect(Collectors.joining("\n", "", "\n")), Pattern.DOTALL);
    }

    private static String line(String expected) {
        return List.of(expected.split(ANYTHING, -1)).stream()
                .map(Pattern::quote)
                .collect(Collectors.joining("[^\n]*"));
    }
}
