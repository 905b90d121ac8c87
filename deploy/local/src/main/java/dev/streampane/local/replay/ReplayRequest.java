// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import java.time.Instant;
import java.util.Optional;

/**
 * What to replay, and how.
 *
 * @param generation the generation to replay; empty: the only one that has lines in the range
 * @param from windows from this time on; empty: from the first line whose offsets are still in the log
 * @param to windows up to this time; empty: up to the last line
 * @param compare whether to compare the results with the committed ones
 * @param keep whether to keep the topic of the run after a comparison
 */
public record ReplayRequest(
        String job,
        Optional<Integer> generation,
        Optional<Instant> from,
        Optional<Instant> to,
        boolean batch,
        int parallelism,
        boolean compare,
        boolean keep) {

    /** The number of slots that must be free for it to run; in batch mode one is enough, as subtasks can run in turn. */
    int slots() {
        return batch ? 1 : parallelism;
    }

    String mode() {
        return batch ? "batch" : "streaming";
    }
}
