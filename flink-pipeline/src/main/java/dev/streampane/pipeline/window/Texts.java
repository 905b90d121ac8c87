// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/**
 * The number of texts, and the last of them by event time, then by partition, offset and row, which together are unique. The order of
 * addition does not matter. Event times are in ms since the epoch.
 *
 * <p>Mutable, because it is kept in window state.
 */
public final class Texts {

    public long count;
    public String last;
    public long eventTime;
    public int partition;
    public long offset;
    public int row;

    public Texts(long count, String last, long eventTime, int partition, long offset, int row) {
        this.count = count;
        this.last = last;
        this.eventTime = eventTime;
        this.partition = partition;
        this.offset = offset;
        this.row = row;
    }

    void add(Texts other) {
        count += other.count;
        if (last == null || isBefore(other)) {
            last = other.last;
            eventTime = other.eventTime;
            partition = other.partition;
            offset = other.offset;
            row = other.row;
        }
    }

    private boolean isBefore(Texts other) {
        int order = Long.compare(eventTime, other.eventTime);
        if (order == 0) {
            order = Integer.compare(partition, other.partition);
        }
        if (order == 0) {
            order = Long.compare(offset, other.offset);
        }
        return (order == 0 ? Integer.compare(row, other.row) : order) < 0;
    }
}
