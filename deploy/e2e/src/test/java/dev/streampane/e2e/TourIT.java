// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Installed;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code deploy/docs/tour.md} and {@code own-data.md} print what these say; and what README.md asks has answers as there. */
@Tag("campaign")
class TourIT {

    private static final Pattern BLOCKS = Pattern.compile("(?ms)^```bash\\n(.*?)^```\\n(?:^```text\\n(.*?)^```\\n)?");
    private static final Pattern QUESTIONS =
            Pattern.compile("(?ms)^```bash\\n(curl [^\n]*\\n)```\\n```\\w+\\n(.*?)^```\\n");
    private static final Pattern PORT = Pattern.compile("(localhost:|127\\.0\\.0\\.1:)(\\d+)");
    private static final String JOB_JAR = "flink-pipeline/target/flink-pipeline-1.0.0-job.jar";
    private static final String ANYTHING = "…";

    /** Says that a block's commands are done. */
    private static final String END = "--- end of block ---";

    private static final int PATIENCE_MINUTES = 10;

    @TempDir
    Path data;

    @Test
    void shouldPrintWhatItSays() throws Exception {
        // Given
        Installed.require("kcat", "kcat");
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
            assertEnds(shell(script, printed), printed);
            assertAnswersOfOwnData(up, portOffset);
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

    /** With a jar that has the page's job, and with its topic, as another build and another start would make them. */
    private void assertAnswersOfOwnData(Up up, int portOffset) throws Exception {
        String page = Files.readString(Checkout.root().resolve("deploy/docs/own-data.md"));
        TopicCatalogue.load(Files.writeString(data.resolve("topics.yml"), "topics:\n" + first("yaml", page)))
                .create(up.bootstrapServers());
        Path jar = jarWith(first("java", page), first("text", page));
        for (MatchResult block : BLOCKS.matcher(page).results().toList()) {
            String commands = onThisStack(block.group(1).replace(JOB_JAR, jar.toString()), portOffset);
            if (block.group(2) == null) {
                Path printed = data.resolve("printed-by-own-data");
                Process shell = shell(commands, printed);
                assertEnds(shell, printed);
                assertThat(shell.exitValue())
                        .as(commands + Files.readString(printed))
                        .isZero();
            } else {
                await(commands).untilAsserted(() -> assertThat(answer(commands)).matches(pattern(block.group(2))));
            }
        }
    }

    private static void assertEnds(Process shell, Path printed) throws Exception {
        assertThat(shell.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES))
                .as("ended: " + Files.readString(printed))
                .isTrue();
    }

    private static String first(String language, String page) {
        return page.replaceFirst("(?s).*?\n```" + language + "\n(.*?)```\n.*", "$1");
    }

    /** The jar of the jobs with one more. */
    private Path jarWith(String source, String name) throws IOException {
        Path jar = Files.copy(Checkout.root().resolve(JOB_JAR), data.resolve("job.jar"));
        Path classes = data.resolve("classes");
        String flink = Files.readString(Checkout.root().resolve("deploy/local/servers/flink/target/classpath"));
        Path file = Files.writeString(data.resolve("MeterEnergyJob.java"), source);
        run("javac", "-proc:none", "-d", classes, "-cp", jar + File.pathSeparator + flink, file);
        run("jar", "-uf", jar, "-C", classes, ".");
        try (FileSystem files = FileSystems.newFileSystem(jar)) {
            Files.writeString(files.getPath("META-INF/services/dev.streampane.pipeline.job.Job"), name, APPEND);
        }
        return jar;
    }

    private static void run(String tool, Object... arguments) {
        String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        assertThat(ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, texts))
                .as(tool)
                .isZero();
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
                .replaceAll(port -> port.group(1) + (Integer.parseInt(port.group(2)) + portOffset));
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
