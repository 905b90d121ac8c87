// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WordCount;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.testing.GoldenSavepoint;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.ReadOutputs;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random texts, good and bad, on several partitions: folding what the job says gives the counts that are counted here, across a snapshot
 * and a restore at another parallelism, and the audit reconciles.
 */
class WordCountOracleMiniClusterTest {

    private static final int TEXTS = 400;
    private static final String[] SPACES = {" ", "  ", "\t", "\n", "\r\n", "\u3000"};

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"1,1,1", "2,2,3", "3,3,1", "4,2,2"})
    void shouldCountAsTheOracleDoes(long seed, int parallelism, int parallelismAfter) {
        // Given
        var random = new Random(seed);
        var log = new PartitionedLog(3);
        var writer = new LogWriter(log, "texts");
        List<String> words = new ArrayList<>();
        Bad bad = new Bad();
        var setup = new TopologyRun.Setup<>(topology(""), new WordDecoder(), settings(), seed);

        // When
        write(random, writer, words, bad);
        TopologyRun first = setup.start(log, parallelism);
        long half = words.size() / 2;
        first.await(run -> rows(run.outputs()).size() > half);
        String savepoint = first.stop(directory);
        write(random, writer, words, bad);
        writer.close();
        TopologyRun second = setup.restore(log, parallelismAfter, savepoint).awaitEnd();

        // Then
        List<Output> outputs = Stream.concat(first.outputs().stream(), second.outputs().stream())
                .toList();
        List<String> rows = rows(outputs);
        assertThat(Changelog.fold(rows)).as("seed %d", seed).isEqualTo(Changelog.count(words));
        Changelog.assertWhole(rows);
        assertThat(ReadOutputs.deadLetters(outputs)).as("seed %d", seed).hasSize(bad.words + bad.texts);
        assertThat(ReadOutputs.deadLetters(outputs).stream().filter(letter -> letter.row() == null))
                .as("seed %d", seed)
                .hasSize(bad.texts);
        assertBalance(ReadOutputs.lines(outputs), words.size(), bad, seed);
    }

    private static void assertBalance(List<AuditLine> lines, int words, Bad bad, long seed) {
        assertThat(lines.stream().mapToLong(AuditLine::records).sum())
                .as("records, seed %d", seed)
                .isEqualTo(2L * TEXTS);
        assertThat(lines.stream().mapToLong(AuditLine::rejected).sum())
                .as("rejected, seed %d", seed)
                .isEqualTo(bad.words + bad.texts);
        assertThat(lines.stream()
                        .mapToLong(line -> line.specs().get(0).counted())
                        .sum())
                .as("counted, seed %d", seed)
                .isEqualTo(words);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.specs()).hasSize(1);
            assertThat(line.specs().get(0).spec()).isEqualTo("none");
            assertThat(line.specs().get(0).late()).isZero();
            assertThat(line.heartbeats()).isZero();
            assertThat(line.rows()).isEqualTo(line.specs().get(0).counted() + line.rejected());
            assertThat(line.clockAfter()).isEmpty();
        });
    }

    /** What is to be rejected. */
    private static final class Bad {
        private int words;
        private int texts;
    }

    private static void write(Random random, LogWriter writer, List<String> counted, Bad bad) {
        for (int i = 0; i < TEXTS; i++) {
            var text = new StringBuilder();
            int words = random.nextInt(6);
            for (int word = 0; word < words; word++) {
                text.append(SPACES[random.nextInt(SPACES.length)]);
                if (random.nextInt(20) == 0) {
                    text.append(random.nextBoolean() ? "x".repeat(257) : "bell\u0007");
                    bad.words++;
                } else {
                    // Some often, some seldom.
                    String good = "w" + (int) Math.abs(random.nextGaussian() * 20);
                    text.append(good);
                    counted.add(good);
                }
            }
            if (words == 0) {
                bad.texts++;
            }
            writer.append(random.nextInt(3), 1_000 + i, text.toString().getBytes(UTF_8), null);
        }
    }

    private static TopologyRun.Topology<String> topology(String startsWith) {
        return (decoded, settings) -> {
            var admitted = WordCountTopology.admit(decoded, settings);
            var changes = WordCountTopology.count(WordCountTopology.words(admitted), startsWith, Duration.ZERO, false);
            return WordCountTopology.outputs(changes).union(admitted.reports());
        };
    }

    private static IntakeSettings settings() {
        return JobConfig.of(WordCountJob.NAME, "--audit-interval=100ms").intake();
    }

    private static List<String> rows(List<Output> outputs) {
        return ReadOutputs.words(outputs).stream().map(WordCount::row).toList();
    }

    /** A word's count would lack what came while the prefix left it out, and nothing would say so. */
    @ParameterizedTest
    @CsvSource({"'', f", "f, ''", "f, fl"})
    void shouldRefuseAnotherPrefixThanTheStates(String prefix, String other) {
        // Given
        var log = new PartitionedLog(1);
        var writer = new LogWriter(log, "texts");
        TopologyRun before = startingWith(prefix).start(log, 1);
        text(writer, 0, "flink window");
        before.await(run -> rows(run.outputs()).contains("+I[flink, 1]"));
        String savepoint = before.stop(directory);
        text(writer, 0, "flink").close();

        // When
        TopologyRun refused = startingWith(other).restore(log, 2, savepoint);
        TopologyRun after = startingWith(prefix).restore(log, 2, savepoint);

        // Then
        assertThat(refused.awaitFailure())
                .hasStackTraceContaining(
                        "--starts-with is '%s', and the state has '%s': the prefix may not change with state; give that of the state, or start a new generation without state"
                                .formatted(other, prefix));
        assertThat(rows(after.awaitEnd().outputs())).containsExactly("-U[flink, 1]", "+U[flink, 2]");
    }

    private static TopologyRun.Setup<String> startingWith(String prefix) {
        return new TopologyRun.Setup<>(topology(prefix), new WordDecoder(), settings(), 1);
    }

    @Test
    void shouldGoOnFromTheGoldenSavepoint() throws Exception {
        var settings = JobConfig.of(WordCountJob.NAME, "--audit-interval=1h").intake();
        new GoldenSavepoint<>(
                        "word-count",
                        new TopologyRun.Setup<>(topology(""), new WordDecoder(), settings, 1),
                        "texts",
                        log -> text(
                                text(
                                        text(text(log, 0, "flink window flink"), 1, "ger\u00e4t \ud83d\ude00 flink"),
                                        0,
                                        ""),
                                1,
                                ""),
                        run -> rows(run.outputs()).size() == 8,
                        log -> text(text(log, 0, "flink ger\u00e4t"), 1, "window new \ud83d\ude00"))
                .assertGoesOn();
    }

    private static LogWriter text(LogWriter log, int partition, String text) {
        return log.append(partition, 1_000, text.getBytes(UTF_8), null);
    }
}
