// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import dev.streampane.pipeline.decode.Fetched;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A topic in memory: partitions of records that grow while jobs read them, until the log is closed. Jobs find it by its id, for what Flink
 * ships to its tasks are copies.
 */
public final class PartitionedLog {

    private static final Map<String, PartitionedLog> LOGS = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();
    private final List<List<Fetched>> partitions = new ArrayList<>();
    private CompletableFuture<Void> change = new CompletableFuture<>();
    private boolean closed;

    /** An empty log of {@code partitions} partitions. */
    public PartitionedLog(int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            this.partitions.add(new ArrayList<>());
        }
        LOGS.put(id, this);
    }

    static PartitionedLog find(String id) {
        return LOGS.get(id);
    }

    String id() {
        return id;
    }

    /** How many partitions there are. */
    public int partitions() {
        return partitions.size();
    }

    /** Appends a record to its partition; its offset may leave a hole. */
    public synchronized void append(Fetched record) {
        partitions.get(record.partition()).add(record);
        changed();
    }

    /** Ends the log: jobs that have read all of it finish. */
    public synchronized void close() {
        closed = true;
        changed();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** The record at that place of the partition, or null when it is not there yet. */
    synchronized Fetched get(int partition, int index) {
        List<Fetched> records = partitions.get(partition);
        return index < records.size() ? records.get(index) : null;
    }

    /** Completes when the log is longer than now, or closed. */
    synchronized CompletableFuture<Void> change() {
        return change;
    }

    private void changed() {
        CompletableFuture<Void> before = change;
        change = new CompletableFuture<>();
        before.complete(null);
    }
}
