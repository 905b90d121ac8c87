// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Settings;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.tail.TailEntry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Vetoed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class LogBlocksTest {

    private static final LogBlocks.Partition PARTITION =
            new LogBlocks.Partition("window-results", "id", 0, TailEntry.Kind.WINDOW);

    private final Counter reads = new SimpleMeterRegistry().counter("reads");

    @Test
    void shouldReachTheMiddleOfASpanThatTakesMoreThanAllMay() {
        // Given: reads that bring ten results each
        LogReaders log = new Chunks((from, end) -> {
            long next = Math.min(end, from + 10);
            return new Chunk(
                    LongStream.range(from, next).mapToObj(LogBlocksTest::found).toList(), next, false);
        });
        LogBlocks blocks = new LogBlocks(1, reads);
        // When
        LogBlocks.Block block =
                blocks.at(log, PARTITION, LogBlocks.SPAN / 2).await().atMost(Duration.ofSeconds(10));
        // Then
        assertThat(block.start()).isZero();
        assertThat(block.next()).isEqualTo(70);
        assertThat(block.entries()).hasSize(70);
        assertThat(reads.count()).isEqualTo(7);
        // When: another span comes
        blocks.at(log, PARTITION, LogBlocks.SPAN).await().atMost(Duration.ofSeconds(10));
        // Then: it takes the place of the first one
        assertThat(blocks.bytes()).isBetween(1L, block.entries().get(0).bytes() * 20);
    }

    @Test
    void shouldCrossWhatWasCompactedAwayAtOnce() {
        // Given: records at 0 and 1,000,000
        LogReaders log = new Chunks((from, end) -> new Chunk(List.of(found(0)), end, false, 1_000_000));
        LogBlocks blocks = new LogBlocks(1 << 20, reads);
        // When
        LogBlocks.Block block = blocks.at(log, PARTITION, 0).await().atMost(Duration.ofSeconds(10));
        // Then
        assertThat(block.entries()).hasSize(1);
        assertThat(block.next()).isEqualTo(1_000_000);
        assertThat(blocks.at(log, PARTITION, LogBlocks.SPAN - 1).await().atMost(Duration.ofSeconds(10)))
                .isEqualTo(block);
    }

    @Test
    void shouldNotKeepAllSpansThatHaveNoResults() {
        // Given: a log in which aborted transactions lie
        LogReaders log = new Chunks((from, end) -> new Chunk(List.of(), end, false));
        LogBlocks blocks = new LogBlocks(1, reads);
        // When
        for (long from : new long[] {0, LogBlocks.SPAN, 0}) {
            blocks.at(log, PARTITION, from).await().atMost(Duration.ofSeconds(10));
        }
        // Then: the second took the place of the first
        assertThat(reads.count()).isEqualTo(3);
    }

    @Test
    void shouldNotMakeACallerWaitInTheLineOfAnother() {
        // Given: one whose turn does not come
        AtomicBoolean left = new AtomicBoolean();
        LogReaders inLine = new Chunks(
                "first", (from, end) -> Uni.createFrom().emitter(call -> call.onTermination(() -> left.set(true))));
        LogReaders log = new Chunks((from, end) -> new Chunk(List.of(found(0)), end, false));
        LogBlocks blocks = new LogBlocks(1 << 20, reads);
        CompletableFuture<LogBlocks.Block> first =
                blocks.at(inLine, PARTITION, 0).subscribeAsCompletionStage();
        // When
        LogBlocks.Block block = blocks.at(log, PARTITION, 0).await().atMost(Duration.ofSeconds(10));
        // Then: what came is for both, and nobody reads it once more
        assertThat(block.entries()).hasSize(1);
        assertThat(first).isCompletedWithValue(block);
        assertThat(left).isTrue();
        assertThat(reads.count()).isEqualTo(1);
    }

    @Test
    void shouldNotReadAgainWhatWasReadSinceItWasLookedFor() {
        // Given: one that has looked and not asked yet
        LogReaders log = new Chunks((from, end) -> new Chunk(List.of(found(0)), end, false));
        LogBlocks blocks = new LogBlocks(1 << 20, reads);
        Uni<LogBlocks.Block> later = blocks.at(log, PARTITION, 0);
        LogBlocks.Block block = blocks.at(log, PARTITION, 0).await().atMost(Duration.ofSeconds(10));
        // When
        LogBlocks.Block same = later.await().atMost(Duration.ofSeconds(10));
        // Then
        assertThat(same).isEqualTo(block);
        assertThat(reads.count()).isEqualTo(1);
    }

    private static ConsumerRecord<byte[], byte[]> found(long offset) {
        byte[] value = result("job", "k" + offset, SIX).getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(PARTITION.topic(), PARTITION.number(), offset, null, value);
    }

    /** What is read from one offset to another. No bean, though it inherits its scope. */
    @Vetoed
    private static final class Chunks extends LogReaders {

        private final String caller;
        private final BiFunction<Long, Long, Uni<Optional<Chunk>>> chunks;

        private Chunks(BiFunction<Long, Long, Chunk> chunks) {
            this("", (from, end) -> Uni.createFrom().item(Optional.of(chunks.apply(from, end))));
        }

        private Chunks(String caller, BiFunction<Long, Long, Uni<Optional<Chunk>>> chunks) {
            super(new KafkaAccess(Map.of()), Settings.defaults());
            this.caller = caller;
            this.chunks = chunks;
        }

        @Override
        public String caller() {
            return caller;
        }

        @Override
        public Uni<Optional<Chunk>> read(
                String topic, String topicId, int partition, long from, long end, int maxBytes) {
            return chunks.apply(from, end);
        }
    }
}
