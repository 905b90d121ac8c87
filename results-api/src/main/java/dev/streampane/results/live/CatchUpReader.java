// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Reads from the log the records between a client's position and the {@link Tail}, batch by batch; clients share the reads.
 *
 * <p>A client whose position is older than the tail requests batches until {@link Tail#read} holds the position after a batch; then it goes on in
 * the tail. A batch never goes past the tail's earliest offsets, so nothing is sent twice. Entries that the tail evicts meanwhile lie below its new
 * earliest offsets, so nothing is left out. Batches are emitted on a thread of {@link LogReaders}, or on the caller's.
 */
@Startup
@ApplicationScoped
public class CatchUpReader {

    /** Most bytes of a batch's values, unless it has a single entry. */
    static final int BATCH_BYTES = 256 << 10;

    /**
     * The entries that follow a position.
     *
     * @param entries entries to send; those of one partition are ordered by offset, each is at or above the requested position; at most
     *     about 256 KiB
     * @param behind the position after everything that was read, records that are no entries included; it never passes what the tail has read, so
     *     that the client finds its place there. When it equals the requested position, the client asks again a little later
     * @param gone why the log cannot go on from the requested position; then there are no entries
     */
    record Batch(List<TailEntry> entries, Position behind, Optional<ResetReason> gone) {

        /** A batch that has entries or moves the position. */
        static Batch of(List<TailEntry> entries, Position behind) {
            return new Batch(entries, behind, Optional.empty());
        }

        /** The last batch: the log cannot go on from {@code from}. */
        static Batch gone(Position from, ResetReason reason) {
            return new Batch(List.of(), from, Optional.of(reason));
        }
    }

    private final TailFeeds feeds;
    private final LogReaders readers;
    private final LogBlocks blocks;
    private final Counter entries;

    CatchUpReader(TailFeeds feeds, LogReaders readers, ResultsConfig config, MeterRegistry metrics) {
        this.feeds = feeds;
        this.readers = readers;
        this.blocks =
                new LogBlocks(config.catchUpBytes().asLongValue(), metrics.counter("streampane.results.catchup.reads"));
        this.entries = metrics.counter("streampane.results.catchup.entries");
        metrics.gauge("streampane.results.catchup.bytes", blocks, LogBlocks::bytes);
    }

    /**
     * Whether the log's end offsets have reached a position that this process may not have read up to; false when the position names a topic that is
     * not followed.
     */
    Uni<Boolean> reaches(Position wanted, String principal) {
        LogReaders own = readers.of(principal);
        Position followed = feeds.tail().position();
        if (!wanted.topics().stream().allMatch(one -> followed.topic(one.name()).isPresent())) {
            return Uni.createFrom().item(false);
        }
        return Uni.join()
                .all(wanted.topics().stream()
                        .map(one -> own.layout(one.name())
                                .map(log -> new TopicPosition(log.name(), log.topicId(), log.ends()).reaches(one)))
                        .toList())
                .andFailFast()
                .map(found -> !found.contains(false));
    }

    /**
     * The position of the first records appended at {@code instant} or later, at most the position that the tail has reached: end offsets include
     * transaction markers, which the tail may not have passed yet.
     */
    Uni<Position> positionAt(Instant instant, String principal) {
        LogReaders own = readers.of(principal);
        return Uni.join()
                .all(feeds.tail().reached().topics().stream()
                        .map(read -> own.offsetsAt(read.name(), instant).map(offsets -> atMost(read, offsets)))
                        .toList())
                .andFailFast()
                .map(Position::new);
    }

    /** The lower offset per partition; {@code read} when the topic is gone or was recreated with fewer partitions. */
    static TopicPosition atMost(TopicPosition read, long[] found) {
        if (found.length < read.offsets().length) {
            return read;
        }
        long[] offsets = read.offsets().clone();
        Arrays.setAll(offsets, partition -> Math.min(offsets[partition], found[partition]));
        return new TopicPosition(read.name(), read.id(), offsets);
    }

    /**
     * The next batch after {@code from}, of exactly its topics, all of which the tail must have; may be called by any thread.
     *
     * <p>A client holds one batch at a time, and asks for the next one when its connection has taken it; it may drop a batch and ask for the rest
     * again. It stops asking when the tail holds its position. Reads for clients that have cancelled are not started. A failure with a problem
     * (Kafka is away) ends the stream.
     *
     * @param principal the client's principal, which takes turns with others
     */
    Uni<Batch> next(Position from, String principal) {
        LogReaders own = readers.of(principal);
        Position earliest = feeds.tail().earliest();
        List<TopicPosition> topics = new ArrayList<>();
        List<Uni<Head>> heads = new ArrayList<>();
        for (TopicPosition topic : from.topics()) {
            TopicPosition end = earliest.topic(topic.name()).orElseThrow();
            if (!end.id().equals(topic.id())) {
                return Uni.createFrom().item(Batch.gone(from, ResetReason.RECREATED));
            }
            TopicPosition begin = topic.withPartitions(end.offsets().length);
            topics.add(begin);
            addHeads(own, begin, end.offsets(), heads);
        }
        Position whole = new Position(topics);
        if (heads.isEmpty()) {
            return Uni.createFrom().item(Batch.of(List.of(), whole));
        }
        return Uni.join().all(heads).andFailFast().map(read -> merge(whole, read));
    }

    /** Adds one head per partition in which records between {@code from} and {@code ends} are missing. */
    private void addHeads(LogReaders own, TopicPosition from, long[] ends, List<Uni<Head>> heads) {
        TailEntry.Kind kind = feeds.tail().kind(from.name());
        for (int p = 0; p < ends.length; p++) {
            long begin = from.offsets()[p];
            long end = ends[p];
            if (begin < end) {
                LogBlocks.Partition partition = new LogBlocks.Partition(from.name(), from.id(), p, kind);
                heads.add(blocks.at(own, partition, begin).map(block -> new Head(partition, begin, end, block)));
            }
        }
    }

    private Batch merge(Position from, List<Head> heads) {
        Optional<ResetReason> lost =
                heads.stream().flatMap(head -> head.lost().stream()).findFirst();
        if (lost.isPresent()) {
            return Batch.gone(from, lost.get());
        }
        PriorityQueue<Head> open = new PriorityQueue<>(
                Comparator.comparingLong((Head head) -> head.entry().appended()));
        heads.stream().filter(head -> !head.ended()).forEach(open::add);
        boolean whole = heads.stream().noneMatch(Head::stopped);
        List<TailEntry> merged = new ArrayList<>();
        long bytes = 0;
        while (whole && !open.isEmpty()) {
            Head oldest = open.remove();
            bytes += oldest.entry().json().length;
            if (bytes > BATCH_BYTES && !merged.isEmpty()) {
                break;
            }
            merged.add(oldest.take());
            if (!oldest.ended()) {
                open.add(oldest);
            }
            whole = !oldest.stopped();
        }
        entries.increment(merged.size());
        return Batch.of(
                List.copyOf(merged),
                new Position(from.topics().stream()
                        .map(topic -> behind(topic, heads))
                        .toList()));
    }

    private static TopicPosition behind(TopicPosition from, List<Head> heads) {
        long[] offsets = from.offsets().clone();
        heads.stream()
                .filter(head -> head.partition.topic().equals(from.name()))
                .forEach(head -> offsets[head.partition.number()] = head.position());
        return new TopicPosition(from.name(), from.id(), offsets);
    }

    /** The place of the merge in the missing records of one partition. */
    private static final class Head {
        private final LogBlocks.Partition partition;
        private final long begin;

        /** Offset from which on the tail has everything. */
        private final long end;

        private final LogBlocks.Block block;
        private final List<TailEntry> entries;
        private int next;

        private Head(LogBlocks.Partition partition, long begin, long end, LogBlocks.Block block) {
            this.partition = partition;
            this.begin = begin;
            this.end = end;
            this.block = block;
            this.entries = block.entries().stream()
                    .filter(entry -> entry.offset() >= begin && entry.offset() < end)
                    .toList();
        }

        private Optional<ResetReason> lost() {
            if (block.lost()) {
                return Optional.of(ResetReason.RECREATED);
            }
            // who asks for words from offset 0 on wants those that there are
            boolean fromBeginning = begin == 0 && partition.kind() == TailEntry.Kind.WORD;
            return block.start() > begin && !fromBeginning ? Optional.of(ResetReason.TOO_OLD) : Optional.empty();
        }

        private boolean ended() {
            return next == entries.size();
        }

        /** Whether the block ends before the tail begins: then the merge must stop, as later records of this partition are not known. */
        private boolean stopped() {
            return ended() && block.next() < end;
        }

        private TailEntry entry() {
            return entries.get(next);
        }

        private TailEntry take() {
            return entries.get(next++);
        }

        private long position() {
            if (ended()) {
                return Math.max(begin, Math.min(block.next(), end));
            }
            return next == 0 ? begin : entries.get(next - 1).offset() + 1;
        }
    }
}
