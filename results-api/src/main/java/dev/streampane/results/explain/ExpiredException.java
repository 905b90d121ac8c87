// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** Offsets that would have to be read are no longer in the log. */
final class ExpiredException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String topic;
    private final int partition;
    private final long needed;
    private final long there;

    /**
     * @param needed first offset that would have to be read
     * @param there first offset that is still there
     */
    ExpiredException(String topic, int partition, long needed, long there) {
        super(null, null, false, false);
        this.topic = topic;
        this.partition = partition;
        this.needed = needed;
        this.there = there;
    }

    @Override
    public String getMessage() {
        return "%s-%d begins at offset %d, and offset %d would have to be read"
                .formatted(topic, partition, there, needed);
    }

    String topic() {
        return topic;
    }

    int partition() {
        return partition;
    }

    long needed() {
        return needed;
    }

    long there() {
        return there;
    }
}
