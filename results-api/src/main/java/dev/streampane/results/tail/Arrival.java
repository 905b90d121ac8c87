// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.time.Instant;
import java.util.Optional;

/**
 * How the first result of a job's newest window came here.
 *
 * @param window the window
 * @param appended when the broker took the result
 * @param read when this process had it and woke its streams; empty when it was in the log before this process had read that, or a later window was retracted since
 */
public record Arrival(NewestWindow window, Instant appended, Optional<Instant> read) {}
