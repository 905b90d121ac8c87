// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

/**
 * One row of topic {@code time-series}: the value of a tag at some time. Contract {@code time-series/v1}; its event time is kept beside the row.
 *
 * @param name the tag's name, 1 to 256 bytes in UTF-8
 * @param type the type of the value, by the name
 * @param number the value in 10^-6; 0 for a text
 * @param text the value as it was written, whatever its type; for a tag of texts it may be empty
 */
public record TimeSeriesRow(String name, Type type, long number, String text) {

    /** Decimals of {@link #number}. */
    public static final int SCALE = 6;

    /** The type of a tag's values. */
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
