// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer of Flink's Kafka sink with a {@code close()} that does not fail. A producer that has failed for good cannot abort its
 * transaction, and one whose records the brokers refuse fails once more on close. An exception from closing a failed task would end its
 * TaskManager, with the tasks of all other jobs there. The transaction is aborted by the next attempt or by its timeout.
 */
@SuppressWarnings("try") // close() as the connector has it
record QuietlyClosedWriter<
                T, W extends StatefulSinkWriter<T, KafkaWriterState> & CommittingSinkWriter<T, KafkaCommittable>>(
        W writer) implements StatefulSinkWriter<T, KafkaWriterState>, CommittingSinkWriter<T, KafkaCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(QuietlyClosedWriter.class);

    @Override
    public void write(T output, Context context) throws IOException, InterruptedException {
        writer.write(output, context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        writer.flush(endOfInput);
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
        return writer.prepareCommit();
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpoint) throws IOException {
        return writer.snapshotState(checkpoint);
    }

    @Override
    public void close() throws Exception {
        try {
            writer.close();
        } catch (IOException | KafkaException | IllegalStateException e) { // also with the failure of an earlier send
            LOG.warn("Writer did not close cleanly, cause={}", e.toString());
        }
    }
}
