// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/**
 * The last result of a sliding window.
 *
 * @param count the records that it told of
 */
public record LastWord(Published published, long count) {

    static final LastWord NONE = new LastWord(null, 0);
}
