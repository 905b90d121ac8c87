// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** A transaction that state promises, with the time at which it was promised. */
final class DatedCommittable extends KafkaCommittable {

    private final Instant promised;

    private DatedCommittable(KafkaCommittable committable, Instant promised) {
        super(committable.getProducerId(), committable.getEpoch(), committable.getTransactionalId(), null);
        this.promised = promised;
    }

    /** When the transaction was promised; empty if it comes from state without dates or from this run. */
    static Optional<Instant> promised(KafkaCommittable committable) {
        return committable instanceof DatedCommittable dated ? Optional.of(dated.promised) : Optional.empty();
    }

    /**
     * The connector's serializer with the time of the promise before its bytes. Also reads what that serializer has written.
     *
     * @param undated the connector's serializer
     */
    record Serializer(SimpleVersionedSerializer<KafkaCommittable> undated)
            implements SimpleVersionedSerializer<KafkaCommittable> {

        private static final int DATED = 1 << 16;

        @Override
        public int getVersion() {
            return DATED | undated.getVersion();
        }

        @Override
        public byte[] serialize(KafkaCommittable committable) throws IOException {
            Instant promised = committable instanceof DatedCommittable dated ? dated.promised : Instant.now();
            byte[] bytes = undated.serialize(committable);
            return ByteBuffer.allocate(Long.BYTES + bytes.length)
                    .putLong(promised.toEpochMilli())
                    .put(bytes)
                    .array();
        }

        @Override
        public KafkaCommittable deserialize(int version, byte[] written) throws IOException {
            if ((version & DATED) == 0) {
                return undated.deserialize(version, written);
            }
            ByteBuffer dated = ByteBuffer.wrap(written);
            Instant promised = Instant.ofEpochMilli(dated.getLong());
            byte[] bytes = new byte[dated.remaining()];
            dated.get(bytes);
            return new DatedCommittable(undated.deserialize(version & ~DATED, bytes), promised);
        }
    }
}
