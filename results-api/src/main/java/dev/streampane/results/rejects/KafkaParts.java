// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;

/** Parts of topics by the shared readers, each of which is held for one part at a time; what is made of it is made elsewhere. */
@Singleton
record KafkaParts(LogReaders readers) implements TopicParts {

    @Override
    public Uni<Optional<TopicLayout>> layout(String topic) {
        return readers.layout(topic).emitOn(Infrastructure.getDefaultExecutor()).map(found -> Optional.of(found)
                .filter(layout -> layout.partitions() > 0));
    }

    @Override
    public Uni<Chunk> read(String topic, int partition, long from, long end, int maxBytes) {
        return readers.read(topic, partition, from, end, maxBytes).emitOn(Infrastructure.getDefaultExecutor());
    }

    @Override
    public Uni<long[]> offsetsAt(String topic, Instant appended) {
        return readers.offsetsAt(topic, appended).emitOn(Infrastructure.getDefaultExecutor());
    }
}
