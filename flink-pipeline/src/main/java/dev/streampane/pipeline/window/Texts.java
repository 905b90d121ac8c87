// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/**
 * How many texts there are, and the last of them: by event time, then by partition, offset and row, which no two have in common. The order
 * of adding changes nothing. Event times are in ms since the epoch.
 *
 * <p>Mutable, for it lives in window state.
 */
public final class Texts {

    public long count;
    public String last;
    public long eventTime;
    public int partition;
    public long offset;
    public int row;

    public static Texts of(String text, long eventTime, int partition, long offset, int row) {
        var texts = new Texts();
        texts.count = 1;
        texts.last = text;
        texts.eventTime = eventTime;
        texts.partition = partition;
        texts.offset = offset;
        texts.row = row;
        return texts;
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
