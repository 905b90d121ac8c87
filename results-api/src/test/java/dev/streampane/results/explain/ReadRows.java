// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.explain.Rows.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is read of a record, as texts. */
final class ReadRows {

    private ReadRows() {}

    static List<String> of(Rows rows, ConsumerRecord<byte[], byte[]> record) {
        List<String> texts = new ArrayList<>();
        rows.read(record, row -> texts.add(text(row)));
        return texts;
    }

    private static String text(Row row) {
        if (row == Row.REJECTED) {
            return "rejected";
        }
        return row.key() == null
                ? "heartbeat " + row.time()
                : "%d %s %d %s %s"
                        .formatted(row.number(), row.key(), row.time(), Arrays.toString(row.units()), row.text());
    }
}
