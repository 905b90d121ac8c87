// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/**
 * The last result of a sliding window.
 *
 * @param count number of records in that result
 */
public record LastWord(Published published, long count) {

    static final LastWord NONE = new LastWord(null, 0);
}
