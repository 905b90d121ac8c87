// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.time.Instant;
import java.util.Optional;

/**
 * How the first result of a job's newest window arrived in this process.
 *
 * @param window the window
 * @param appended append time of the result
 * @param read when this process read it, just before it woke the streams; empty when the result was part of the initial load, or when this window
 *     became the newest one because a later window was retracted
 */
public record Arrival(NewestWindow window, Instant appended, Optional<Instant> read) {}
