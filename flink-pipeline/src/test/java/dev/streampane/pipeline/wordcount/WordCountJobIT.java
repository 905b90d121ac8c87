// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.JobsOnKafka;
import dev.streampane.pipeline.job.BadOptionException;
import dev.streampane.pipeline.job.JobConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The job on a real broker: texts of a topic with two partitions, a changelog that is read committed. */
class WordCountJobIT extends JobsOnKafka {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static int generation;

    @TempDir
    private Path directory;

    private String texts;
    private String counts;
    private String deadLetters;
    private String audit;

    @BeforeEach
    void createTopics(TestInfo test) throws Exception {
        generation++;
        String name = test.getTestMethod().orElseThrow().getName();
        texts = topic(name + "-texts", 2);
        counts = topic(name + "-counts", 1);
        deadLetters = topic(name + "-dead-letters", 1);
        audit = topic(name + "-audit", 1);
    }

    private static String topic(String name, int partitions) throws Exception {
        log.create(name, partitions);
        return name;
    }

    @Test
    void shouldTellOfEveryRowWhatBecameOfIt() throws Exception {
        flink.start(new WordCountJob(), config());

        log.write(texts, 0, null, "catalog batch\ncatalog");
        log.write(texts, 0, null, "x".repeat(257) + " fine bell\u0007");
        log.write(texts, 0, null, null);
        log.write(texts, 0, null, "{\"ts\":\"2026-11-20T06:00:00Z\"}", "heartbeat");
        awaitCounts(Map.of("catalog", 2L, "batch", 1L, "fine", 1L));

        Changelog.assertWhole(rows());
        assertThat(log.committed(counts)).allSatisfy(record -> {
            assertThat(ContractFiles.of("word-count").violations(record.value()))
                    .isEmpty();
            assertThat(new String(record.key(), UTF_8))
                    .isEqualTo(json(record).get("word").asText());
        });
        await().untilAsserted(() -> assertThat(log.committed(deadLetters))
                .extracting(letter ->
                        header(letter, "offset") + ' ' + header(letter, "row") + ' ' + header(letter, "reason"))
                .containsExactlyInAnyOrder("1 0 too_long", "1 2 type", "2 null empty", "3 null unknown_type"));
        await().untilAsserted(() -> {
            List<JsonNode> lines =
                    log.committed(audit).stream().map(WordCountJobIT::json).toList();
            assertThat(sum(lines, "records")).isEqualTo(4);
            assertThat(sum(lines, "rows")).isEqualTo(8);
            assertThat(sum(lines, "rejected")).isEqualTo(4);
            assertThat(sum(lines, "heartbeats")).isZero();
            assertThat(lines)
                    .extracting(line -> line.at("/specs/0/spec").asText())
                    .containsOnly("none");
        });
    }

    @Test
    void shouldSayEachChangeOnceWhenTasksAreKilledAndRestored() throws Exception {
        var random = new Random(generation);
        List<String> words = new ArrayList<>();
        JobID job = flink.start(new WordCountJob(), config("--parallelism=2"));

        write(random, words);
        await().until(() -> rows().size() > 100);
        write(random, words);
        flink.replaceTaskManager();
        write(random, words);
        flink.awaitRunning(job);
        awaitCounts(Changelog.count(words));
        assertThat(flink.attempts(job)).isPositive();
        String savepoint = flink.stop(job, directory);
        write(random, words);
        flink.restore(new WordCountJob(), config("--parallelism=1"), savepoint);

        awaitCounts(Changelog.count(words));
        Changelog.assertWhole(rows());
    }

    @Test
    void shouldWriteTheChangelogOfAnySource() throws Exception {
        flink.start(new WordCountJob(), config("--source=datagen", "--words-per-second=200", "--starts-with=s"));

        await().untilAsserted(() ->
                assertThat(Changelog.fold(rows()).keySet()).containsExactly("sideoutput", "sql", "state", "streaming"));
        assertThat(log.committed(audit)).isEmpty();
        assertThat(log.committed(deadLetters)).isEmpty();
    }

    @Test
    void shouldRefuseATopicThatIsNotThere() {
        assertThatThrownBy(() -> flink.start(new WordCountJob(), config("--source=kafka:nowhere")))
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith("--source: 'nowhere' is not allowed; allowed is a topic that exists at ");
    }

    private void write(Random random, List<String> words) throws Exception {
        for (int text = 0; text < 100; text++) {
            List<String> line = new ArrayList<>();
            for (int word = 0; word <= random.nextInt(5); word++) {
                line.add(Vocabulary.word(random.nextInt(18)));
            }
            log.write(texts, random.nextInt(2), null, String.join(" ", line));
            words.addAll(line);
        }
    }

    private void awaitCounts(Map<String, Long> expected) {
        await().untilAsserted(() -> assertThat(Changelog.fold(rows())).isEqualTo(expected));
    }

    /** The committed changelog, as the console would show it. */
    private List<String> rows() {
        return log.committed(counts).stream()
                .map(WordCountJobIT::json)
                .map(row -> "%s[%s, %d]"
                        .formatted(
                                row.get("op").asText(),
                                row.get("word").asText(),
                                row.get("count").asLong()))
                .toList();
    }

    private static long sum(List<JsonNode> lines, String field) {
        return lines.stream().mapToLong(line -> line.get(field).asLong()).sum();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JobConfig config(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "--bootstrap-servers=" + log.servers(),
                "--word-counts-topic=" + counts,
                "--dead-letters-topic=" + deadLetters,
                "--audit-topic=" + audit,
                "--audit-interval=100ms",
                "--checkpoint-interval=200ms",
                "--generation=" + generation));
        args.addAll(List.of(more));
        if (args.stream().noneMatch(arg -> arg.startsWith("--source"))) {
            args.add("--source=kafka:" + texts);
        }
        return JobConfig.of(WordCountJob.NAME, args.toArray(String[]::new));
    }
}
