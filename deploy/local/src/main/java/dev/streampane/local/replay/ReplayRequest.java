// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to replay, and how.
 *
 * @param generation empty: the only one that has lines in the range
 * @param from windows from here on; empty: from the first line whose offsets are still there
 * @param to windows up to here; empty: up to the last line
 * @param compare whether to hold the outcome against what is committed
 * @param keep whether the run's topic stays after a comparison
 */
public record ReplayRequest(
        String job,
        OptionalInt generation,
        Optional<Instant> from,
        Optional<Instant> to,
        boolean batch,
        int parallelism,
        boolean compare,
        boolean keep) {

    /** Slots without which it would wait: in batch mode subtasks take turns. */
    int slots() {
        return batch ? 1 : parallelism;
    }

    String mode() {
        return batch ? "batch" : "streaming";
    }
}
