// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is read of a record, as texts. */
final class ReadRows implements Rows.Sink {

    private final List<String> texts = new ArrayList<>();

    private ReadRows() {}

    static List<String> of(Rows rows, ConsumerRecord<byte[], byte[]> record) {
        ReadRows read = new ReadRows();
        rows.read(record, read);
        return read.texts;
    }

    @Override
    public void heartbeat(long time) {
        texts.add("heartbeat " + time);
    }

    @Override
    public void rejected() {
        texts.add("rejected");
    }

    @Override
    public void value(String key, long time, Rows.Measurement measured, int row) {
        texts.add("%d %s %d %s %s".formatted(row, key, time, Arrays.toString(measured.units()), measured.text()));
    }
}
