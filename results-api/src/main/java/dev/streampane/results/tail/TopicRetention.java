// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.time.Duration;

/**
 * How much of a topic a {@link Tail} retains.
 *
 * @param maxEntries most entries
 * @param maxBytes approximate heap that the entries may take, in bytes
 * @param maxAge when an entry is added, entries that were appended longer than this before it are evicted
 */
public record TopicRetention(String name, TailEntry.Kind kind, int maxEntries, long maxBytes, Duration maxAge) {}
