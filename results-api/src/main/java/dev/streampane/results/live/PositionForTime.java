// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.Position;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Finds the position before which everything was appended earlier than an instant. */
@Singleton
record PositionForTime(TailFeeds feeds, LogReaders readers) {

    /** The position at {@code instant}, never behind what the tail has read: an end offset may count markers that are no records. */
    Uni<Position> position(Instant instant) {
        List<Uni<Position.Topic>> topics = feeds.tail().position().topics().stream()
                .map(read -> readers.offsetsAt(read.name(), instant).map(offsets -> atMost(read, offsets)))
                .toList();
        return Uni.join().all(topics).andFailFast().map(Position::of);
    }

    /** A topic that is gone, or was made anew with fewer partitions, goes on from where it was read. */
    static Position.Topic atMost(Position.Topic read, long[] found) {
        if (found.length < read.offsets().length) {
            return read;
        }
        long[] offsets = Arrays.copyOf(found, read.offsets().length);
        for (int partition = 0; partition < offsets.length; partition++) {
            offsets[partition] = Math.min(offsets[partition], read.offsets()[partition]);
        }
        return new Position.Topic(read.name(), read.id(), offsets);
    }
}
