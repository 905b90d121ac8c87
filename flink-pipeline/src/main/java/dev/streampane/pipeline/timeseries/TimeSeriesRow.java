// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

/**
 * One row of topic {@code time-series}: what a tag showed at some time. Contract {@code time-series/v1}; its event time travels beside it.
 *
 * @param name the tag's name, 1 to 256 bytes in UTF-8
 * @param type what the name says that the value is
 * @param number the value in 10^-6; 0 for a text
 * @param text the value as it was written, whatever its type; of a tag of texts it may be empty
 */
public record TimeSeriesRow(String name, Type type, long number, String text) {

    /** Decimals of {@link #number}. */
    public static final int SCALE = 6;

    /** What a tag's values are. */
    public enum Type {
        INTEGER,
        DOUBLE,
        STRING;

        /** Whether values can be added. */
        public boolean isNumber() {
            return this != STRING;
        }
    }
}
