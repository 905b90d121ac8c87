// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.LogReaders;
import dev.streampane.results.store.RequestCoalescer;
import dev.streampane.results.tail.TailEntry;
import io.micrometer.core.instrument.Counter;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A cache of log ranges: each is read and decoded once for all clients that ask for it at about the same time.
 *
 * <p>A partition is divided into fixed spans of {@value #SPAN} offsets, so that clients share reads even if each was cut off at another offset. Each
 * principal queues for a reader by itself, but takes the block of another principal's read if that comes first. When the blocks take more than the
 * allowed bytes, the least recently used ones are evicted. Safe for use by several threads.
 */
final class LogBlocks {

    /** Offsets per span. */
    static final int SPAN = 128;

    private static final int READ_BYTES = 128 << 10;

    /** Approximate heap of a block without its entries. */
    private static final int OVERHEAD_BYTES = 300;

    /** A partition of the topic with that id. */
    record Partition(String topic, String topicId, int number, TailEntry.Kind kind) {}

    /**
     * The part of a span that has been read.
     *
     * @param start first offset of the block; records below it have expired, or belong to the span before
     * @param next offset from which to read on, which may lie after the span
     * @param lost whether the topic was deleted or recreated; then there are no entries
     */
    record Block(long start, long next, List<TailEntry> entries, boolean lost) {

        private long bytes() {
            return OVERHEAD_BYTES + entries.stream().mapToLong(TailEntry::bytes).sum();
        }
    }

    private record Key(Partition partition, long span) {}

    private record CallerKey(Key key, String caller) {}

    private final Counter reads;
    private final long maxBytes;
    private final Map<Key, Block> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final RequestCoalescer<CallerKey, Block> reading = new RequestCoalescer<>();

    /** The callers that wait for a block of a key, whoever reads it first; guarded by {@link #kept}. */
    private final Map<Key, Set<UniEmitter<? super Block>>> awaited = new HashMap<>();

    private long bytes;

    /**
     * @param reads counts how often the log is read
     */
    LogBlocks(long maxBytes, Counter reads) {
        this.reads = reads;
        this.maxBytes = maxBytes;
    }

    /**
     * The block that contains {@code from}: it reaches beyond it, or to the end of the committed records. A block that starts after {@code from}
     * means that the records in between have expired.
     *
     * @param readers read the block, unless it is kept or another caller has read it before their turn comes
     */
    Uni<Block> at(LogReaders readers, Partition partition, long from) {
        Key key = new Key(partition, from / SPAN);
        Optional<Block> known = find(key);
        if (known.filter(block -> from < block.next()).isPresent()) {
            return Uni.createFrom().item(known.get());
        }
        long begin = known.map(Block::next).orElse(key.span() * SPAN);
        return reading.ask(new CallerKey(key, readers.caller()), () -> Uni.join()
                        .first(another(key, begin), Uni.createFrom().deferred(() -> read(readers, key, known, begin)))
                        .toTerminate())
                .chain(block -> block.lost() || from < block.next() || block.next() <= begin
                        ? Uni.createFrom().item(block)
                        : at(readers, partition, from));
    }

    /** Approximate heap of the kept blocks, in bytes. */
    long bytes() {
        synchronized (kept) {
            return bytes;
        }
    }

    /** The next block of that key that another caller has read and that reaches beyond {@code begin}. */
    private Uni<Block> another(Key key, long begin) {
        return Uni.createFrom()
                .<Block>emitter(emitter -> {
                    synchronized (kept) {
                        awaited.computeIfAbsent(key, none -> new HashSet<>()).add(emitter);
                    }
                    emitter.onTermination(() -> forget(key, emitter));
                })
                .chain(block -> begin < block.next() ? Uni.createFrom().item(block) : another(key, begin));
    }

    private void forget(Key key, UniEmitter<? super Block> emitter) {
        synchronized (kept) {
            awaited.computeIfPresent(key, (same, waiting) -> {
                waiting.remove(emitter);
                return waiting.isEmpty() ? null : waiting;
            });
        }
    }

    /** Reads the log, unless another caller has done so since {@code known} was looked up. */
    private Uni<Block> read(LogReaders readers, Key key, Optional<Block> known, long begin) {
        Optional<Block> since = find(key).filter(block -> begin < block.next());
        if (since.isPresent()) {
            return Uni.createFrom().item(since.get());
        }
        Partition partition = key.partition();
        long end = (key.span() + 1) * SPAN;
        return readers.read(partition.topic(), partition.topicId(), partition.number(), begin, end, READ_BYTES)
                .invoke(chunk -> reads.increment())
                .map(chunk -> chunk.map(found -> block(partition.kind(), known, begin, found))
                        .orElse(new Block(begin, begin, List.of(), true)))
                .invoke(block -> keep(key, block));
    }

    private static Block block(TailEntry.Kind kind, Optional<Block> known, long begin, LogReaders.Chunk chunk) {
        if (chunk.expired()) {
            return new Block(chunk.next(), chunk.next(), List.of(), false);
        }
        List<TailEntry> entries = new ArrayList<>(known.map(Block::entries).orElse(List.of()));
        chunk.records().forEach(found -> TailEntry.decode(kind, found).ifPresent(entries::add));
        return new Block(known.map(Block::start).orElse(begin), chunk.following(), List.copyOf(entries), false);
    }

    private Optional<Block> find(Key key) {
        synchronized (kept) {
            return Optional.ofNullable(kept.get(key));
        }
    }

    private void keep(Key key, Block block) {
        if (block.lost()) {
            return;
        }
        Set<UniEmitter<? super Block>> waiting;
        synchronized (kept) {
            waiting = awaited.remove(key);
            Block before = kept.put(key, block);
            bytes += block.bytes() - (before == null ? 0 : before.bytes());
            // never evicts the new block, which comes last: its readers go on from its end
            var eldest = kept.entrySet().iterator();
            while (bytes > maxBytes && kept.size() > 1) {
                bytes -= eldest.next().getValue().bytes();
                eldest.remove();
            }
        }
        if (waiting != null) {
            waiting.forEach(emitter -> emitter.complete(block));
        }
    }
}
