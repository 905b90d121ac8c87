// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;

/**
 * The revision number, status and cause of a result. Within one generation {@code rev} counts 1, 2, 3 …; after a restore into another one
 * it starts again at 1, and the status stays REVISED.
 */
record Revision(int rev, Status status, Cause cause) {

    /** The revision after the last published one, which is null if there is none. */
    static Revision after(Published before, int generation) {
        return new Revision(
                last(before, generation) + 1,
                before == null ? Status.FINAL : Status.REVISED,
                before == null ? Cause.WATERMARK : Cause.LATE_RECORD);
    }

    /** A preview, which is not a revision; its {@code rev} is the last one that was published in this generation, or 0. */
    static Revision preview(Published before, int generation) {
        return new Revision(last(before, generation), Status.EARLY, Cause.PREVIEW);
    }

    private static int last(Published before, int generation) {
        return before != null && before.generation() == generation ? before.rev() : 0;
    }
}
