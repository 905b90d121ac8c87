// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.time.Instant;

/**
 * The window of a job with the latest end.
 *
 * @param id id of the window
 * @param key its key
 * @param start start of the window, inclusive
 * @param end end of the window, exclusive
 * @param generation generation of the job that wrote the result
 */
public record NewestWindow(String id, String key, Instant start, Instant end, int generation) {}
