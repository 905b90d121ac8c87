// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

/** A digest of results, in any order: equal digests stand for the same windows, counts and sums. */
final class Digest {

    private long results;
    private long records;
    private long mixed;

    /** Adds a result; the sums are in millionths. */
    void add(String key, long start, long count, long temperature, long humidity) {
        results++;
        records += count;
        long mix = key.hashCode();
        for (long part : new long[] {start, count, temperature, humidity}) {
            mix = (mix ^ part) * 0x9E3779B97F4A7C15L;
            mix ^= mix >>> 32;
        }
        mixed += mix;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest that
                && results == that.results
                && records == that.records
                && mixed == that.mixed;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(mixed);
    }

    @Override
    public String toString() {
        return "%,d results of %,d records, %016x".formatted(results, records, mixed);
    }
}
