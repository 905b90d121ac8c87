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
 * Parts of the log, read and decoded once for everyone who asks for them at about the same time.
 *
 * <p>A partition is cut into spans of {@value #SPAN} offsets, wherever a reader begins: so a thousand clients that were cut off at a thousand places
 * share what is read. Each principal waits in its own line for a reader, and has what another one's read brings before. The spans that were asked for longest ago go when all take more than the bytes allowed. Safe for use by
 * several threads.
 */
final class LogBlocks {

    /** Offsets of a partition that are kept together. */
    static final int SPAN = 128;

    private static final int READ_BYTES = 128 << 10;

    /** About what a block takes of the heap beside its entries, of which there may be none. */
    private static final int OVERHEAD_BYTES = 300;

    /** A partition of one topic, by the topic's id. */
    record Partition(String topic, String topicId, int number, TailEntry.Kind kind) {}

    /**
     * The part of a span that was read.
     *
     * @param start what lies below has expired, or belongs to the span before
     * @param next offset from which to read on, which may lie behind the span
     * @param lost the topic is another one by now; there is nothing here
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

    /** Who has the next block of a key from whoever reads it first; guarded by {@link #kept}. */
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
     * The block with what comes at {@code from}: it reaches beyond it, or to the end of what is committed. A block that starts
     * behind {@code from} means that the log does.
     *
     * @param readers who read it when it is not here, and nobody has read it before it is their turn
     */
    Uni<Block> at(LogReaders readers, Partition partition, long from) {
        Key key = new Key(partition, from / SPAN);
        Optional<Block> known = find(key);
        if (known.filter(block -> from < block.next()).isPresent()) {
            return Uni.createFrom().item(known.get());
        }
        long begin = known.map(Block::next).orElse(key.span() * SPAN);
        return reading.ask(new CallerKey(key, readers.caller()), () -> Uni.join()
                        .first(another(key, begin), read(readers, key, known, begin))
                        .toTerminate())
                .chain(block -> block.lost() || from < block.next() || block.next() <= begin
                        ? Uni.createFrom().item(block)
                        : at(readers, partition, from));
    }

    /** About the heap that the blocks take. */
    long bytes() {
        synchronized (kept) {
            return bytes;
        }
    }

    /** A block of that key that reaches beyond {@code begin}, once it is kept. */
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

    private Uni<Block> read(LogReaders readers, Key key, Optional<Block> known, long begin) {
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
            // never the one that was put, which comes last: who reads it goes on behind it
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
