// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicLayout;
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
 * Reads from the log, batch by batch and for all clients together, what lies between a client's position and the {@link Tail}.
 *
 * <p>A reader whose position is older than the tail asks for the next batch until {@link Tail#read} holds the position behind it; then
 * it goes on there. A batch never goes past the tail's earliest offsets, so nothing is sent twice; and what the tail evicts meanwhile lies
 * below its new earliest offsets, so nothing is left out. Batches come on a thread of {@link LogReaders}, or on the caller's.
 */
@Startup
@ApplicationScoped
public class CatchUpReader {

    /** A batch's entries take no more, unless it is a single one. */
    static final int BATCH_BYTES = 256 << 10;

    /**
     * What comes behind a position.
     *
     * @param entries what is to be sent, those of one partition in the order of their offsets, each at or above the position asked from; not
     *     more than about 256 KiB
     * @param behind the position behind everything that was looked at, also behind records that are no entries; never behind what the tail has
     *     read, so that the client finds its place there. When it is the position asked from, the client asks again a little later
     * @param gone why the log cannot go on from the position asked from; then there are no entries
     */
    record Batch(List<TailEntry> entries, Position behind, Optional<ResetReason> gone) {

        /** A batch that has entries or moves the position. */
        static Batch of(List<TailEntry> entries, Position behind) {
            return new Batch(entries, behind, Optional.empty());
        }

        /** The end: the log cannot go on. */
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

    /** Whether the log has all that lies below a position, in topics that are followed; another process may have read it before this one. */
    Uni<Boolean> reaches(Position wanted, String principal) {
        LogReaders own = readers.of(principal);
        Position followed = feeds.tail().position();
        if (!wanted.topics().stream().allMatch(one -> followed.topic(one.name()).isPresent())) {
            return Uni.createFrom().item(false);
        }
        return Uni.join()
                .all(wanted.topics().stream()
                        .map(one -> own.layout(one.name()).map(log -> has(log, one)))
                        .toList())
                .andFailFast()
                .map(found -> !found.contains(false));
    }

    /**
     * The position before which everything was appended earlier than {@code instant}, never behind what the tail has read: an end offset
     * may count markers that are no records.
     */
    Uni<Position> positionAt(Instant instant, String principal) {
        LogReaders own = readers.of(principal);
        return Uni.join()
                .all(feeds.tail().reached().topics().stream()
                        .map(read -> own.offsetsAt(read.name(), instant).map(offsets -> atMost(read, offsets)))
                        .toList())
                .andFailFast()
                .map(Position::of);
    }

    /** A topic that is gone, or was made anew with fewer partitions, goes on from where it was read. */
    static Position.Topic atMost(Position.Topic read, long[] found) {
        if (found.length < read.offsets().length) {
            return read;
        }
        long[] offsets = read.offsets().clone();
        Arrays.setAll(offsets, partition -> Math.min(offsets[partition], found[partition]));
        return new Position.Topic(read.name(), read.id(), offsets);
    }

    private static boolean has(TopicLayout log, Position.Topic wanted) {
        return new Position.Topic(log.name(), log.topicId(), log.ends()).reaches(wanted);
    }

    /**
     * The next batch behind {@code from}, of exactly its topics, which the tail has, too; by any thread.
     *
     * <p>A client asks when its connection has taken the batch before, and holds one at a time; it may drop one and ask for the rest of it
     * again. It stops asking when the tail holds its position. Nothing is read any more for clients that have cancelled. A failure with a
     * problem (Kafka is away) ends the stream.
     *
     * @param principal whose clients take turns with those of others
     */
    Uni<Batch> next(Position from, String principal) {
        Tail tail = feeds.tail();
        Position earliest = tail.earliest();
        List<Position.Topic> topics = new ArrayList<>();
        for (Position.Topic topic : from.topics()) {
            Position.Topic here = earliest.topic(topic.name()).orElseThrow();
            if (!here.id().equals(topic.id())) {
                return Uni.createFrom().item(Batch.gone(from, ResetReason.RECREATED));
            }
            topics.add(topic.withPartitions(here.offsets().length));
        }
        Position whole = Position.of(topics);
        List<Uni<Head>> heads = heads(readers.of(principal), whole, earliest);
        if (heads.isEmpty()) {
            return Uni.createFrom().item(Batch.of(List.of(), whole));
        }
        return Uni.join().all(heads).andFailFast().map(read -> merge(whole, read));
    }

    /** The beginnings of what is missing, of each partition. */
    private List<Uni<Head>> heads(LogReaders readers, Position from, Position earliest) {
        List<Uni<Head>> heads = new ArrayList<>();
        for (Position.Topic topic : from.topics()) {
            long[] ends = earliest.topic(topic.name()).orElseThrow().offsets();
            TailEntry.Kind kind = feeds.tail().kind(topic.name());
            for (int p = 0; p < ends.length; p++) {
                long begin = topic.offsets()[p];
                long end = ends[p];
                if (begin < end) {
                    LogBlocks.Partition partition = new LogBlocks.Partition(topic.name(), topic.id(), p, kind);
                    heads.add(
                            blocks.at(readers, partition, begin).map(block -> new Head(partition, begin, end, block)));
                }
            }
        }
        return heads;
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
                Position.of(from.topics().stream()
                        .map(topic -> behind(topic, heads))
                        .toList()));
    }

    private static Position.Topic behind(Position.Topic from, List<Head> heads) {
        long[] offsets = from.offsets().clone();
        heads.stream()
                .filter(head -> head.partition.topic().equals(from.name()))
                .forEach(head -> offsets[head.partition.number()] = head.position());
        return new Position.Topic(from.name(), from.id(), offsets);
    }

    /** Where the merge is in what is missing of one partition. */
    private static final class Head {
        private final LogBlocks.Partition partition;
        private final long begin;

        /** The tail has everything from here on. */
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
            return block.start() > begin ? Optional.of(ResetReason.TOO_OLD) : Optional.empty();
        }

        private boolean ended() {
            return next == entries.size();
        }

        /** No more is known of this partition, though there is more before the tail: so none of the others may go on. */
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
