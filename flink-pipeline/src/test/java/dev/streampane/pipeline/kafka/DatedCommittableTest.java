// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.junit.jupiter.api.Test;

/** When what state promises was promised, by what is written to a checkpoint. */
class DatedCommittableTest {

    private static final Instant PROMISED = Instant.parse("2026-11-20T06:00:00Z");

    private final DatedCommittable.Serializer serializer = new DatedCommittable.Serializer(new Ids());

    /** A checkpoint that comes before it is committed must not make it younger. */
    @Test
    void shouldKeepTheTimeOfAPromiseThatIsWrittenAgain() throws IOException {
        // Given
        byte[] id = "job-1-0-7".getBytes(StandardCharsets.UTF_8);
        byte[] written = ByteBuffer.allocate(Long.BYTES + id.length)
                .putLong(PROMISED.toEpochMilli())
                .put(id)
                .array();
        KafkaCommittable restored = serializer.deserialize(serializer.getVersion(), written);
        // When
        byte[] again = serializer.serialize(restored);
        // Then
        assertThat(again).isEqualTo(written);
        assertThat(DatedCommittable.promised(restored)).contains(PROMISED);
    }

    /** Keeps the transactional id alone. */
    private static final class Ids implements SimpleVersionedSerializer<KafkaCommittable> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(KafkaCommittable committable) {
            return committable.getTransactionalId().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public KafkaCommittable deserialize(int version, byte[] written) {
            return new KafkaCommittable(1, (short) 0, new String(written, StandardCharsets.UTF_8), null);
        }
    }
}
