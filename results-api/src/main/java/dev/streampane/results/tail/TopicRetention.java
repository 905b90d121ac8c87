// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.time.Duration;

/**
 * What of a topic is retained in a {@link Tail}.
 *
 * @param maxEntries records kept of it at most
 * @param maxBytes heap that they take at most, about
 * @param maxAge records that were appended longer ago go when one is added
 */
public record TopicRetention(String name, TailEntry.Kind kind, int maxEntries, long maxBytes, Duration maxAge) {}
