// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/**
 * From when on windows lack no records of what was not read, ms since the epoch.
 *
 * @param earliest at the earliest; {@link Long#MIN_VALUE} when that is not known
 * @param latest at the latest; {@link Long#MAX_VALUE} when that is not known
 */
record CompleteFrom(long earliest, long latest) {

    static final CompleteFrom THE_BEGINNING = new CompleteFrom(Long.MIN_VALUE, Long.MIN_VALUE);

    /** Of what is in both. */
    CompleteFrom and(CompleteFrom other) {
        return new CompleteFrom(Math.max(earliest, other.earliest), Math.max(latest, other.latest));
    }

    /** Whether a window was read whole of which records can lie from {@code start} on; null when that is not known. */
    Boolean holds(long start) {
        if (start < earliest) {
            return false;
        }
        return start >= latest ? true : null;
    }
}
