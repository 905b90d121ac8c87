// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/docs/own-data.md}: its class compiles, and its messages give what it says. */
class OwnDataIT {

    private static final int LONGEST_JOB = 100;
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
    private static final Pattern OPTION = Pattern.compile("\"(--[^\"]+)\"");
    private static final Pattern MESSAGE = Pattern.compile("(?m)\\{\"(?:meter|ts)\":.*?}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String page;

    @TempDir
    private Path folder;

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(Checkout.root().resolve("deploy/docs/own-data.md"));
    }

    @Test
    void shouldGiveWhatThePageSays() throws Exception {
        // Given
        TopicCatalogue topics =
                TopicCatalogue.load(Files.writeString(folder.resolve("topics.yml"), "topics:\n" + block("yaml", 0)));
        String topic = topics.topics().get(0).name();
        URL classes = compile(block("java", 0)).toUri().toURL();
        try (KafkaLog log = new KafkaLog(SharedKafka.empty().bootstrapServers());
                MiniFlink flink = MiniFlink.start();
                URLClassLoader loader = new URLClassLoader(new URL[] {classes})) {
            topics.create(log.servers());
            Job job = (Job)
                    loader.loadClass(block("text", 0).strip()).getConstructor().newInstance();
            JobConfig config = JobConfig.of(job.name(), options(log.servers()));
            flink.start(job, config, classes);
            // When
            for (MatchResult message : MESSAGE.matcher(page).results().toList()) {
                String[] kind = message.group().startsWith("{\"ts") ? new String[] {"heartbeat"} : new String[0];
                log.write(topic, 0, null, message.group(), kind);
            }
            // Then
            await().untilAsserted(() -> {
                assertThat(log.committed("window-results"))
                        .extracting(OwnDataIT::result)
                        .containsExactlyInAnyOrderElementsOf(said(1));
                assertThat(log.committed("dead-letters"))
                        .extracting(OwnDataIT::reject)
                        .containsExactlyElementsOf(said(2));
            });
        }
    }

    private Path compile(String code) throws IOException {
        assertThat(code.lines()).hasSizeLessThanOrEqualTo(LONGEST_JOB);
        Path file = Files.writeString(folder.resolve("MeterEnergyJob.java"), code);
        Path classes = folder.resolve("classes");
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (var files = javac.getStandardFileManager(null, null, UTF_8)) {
            StringWriter said = new StringWriter();
            List<String> options =
                    List.of("-d", classes.toString(), "-proc:none", "-Xlint:all,-serial,-classfile,-path", "-Werror");
            assertThat(javac.getTask(said, files, null, options, null, files.getJavaFileObjects(file))
                            .call())
                    .as(said::toString)
                    .isTrue();
        }
        return classes;
    }

    /** Those that the page gives to Flink, for this broker. */
    private static String[] options(String servers) {
        return Stream.concat(
                        Stream.of("--bootstrap-servers=" + servers),
                        OPTION.matcher(page)
                                .results()
                                .map(option -> option.group(1))
                                .filter(option -> !option.startsWith("--bootstrap-servers=")))
                .toArray(String[]::new);
    }

    private static JsonNode result(ConsumerRecord<byte[], byte[]> record) {
        JsonNode result = json(new String(record.value(), UTF_8));
        return JSON.createArrayNode()
                .add(result.get("key"))
                .add(result.at("/window/start"))
                .add(result.get("count"))
                .add(result.get("values"));
    }

    private static JsonNode reject(ConsumerRecord<byte[], byte[]> record) {
        return JSON.createArrayNode().add(header(record, "reason")).add(header(record, "message"));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    /** The lines of the page's {@code index}-th text. */
    private static List<JsonNode> said(int index) {
        return block("text", index).lines().map(OwnDataIT::json).toList();
    }

    private static String block(String language, int index) {
        return BLOCK.matcher(page)
                .results()
                .filter(block -> block.group(1).equals(language))
                .skip(index)
                .map(block -> block.group(2))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
