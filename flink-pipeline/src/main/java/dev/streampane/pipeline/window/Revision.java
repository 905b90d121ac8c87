// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;

/**
 * Which word on a pane a result is. Within one generation {@code rev} counts 1, 2, 3 …; after a restore into another one it starts again
 * at 1, and the status stays REVISED.
 */
record Revision(int rev, Status status, Cause cause) {

    /** The word after the last that was published, which is null when none was. */
    static Revision after(Published before, int generation) {
        return new Revision(
                last(before, generation) + 1,
                before == null ? Status.FINAL : Status.REVISED,
                before == null ? Cause.WATERMARK : Cause.LATE_RECORD);
    }

    /** A look that is no word; it names the last that was published in this generation, or 0. */
    static Revision preview(Published before, int generation) {
        return new Revision(last(before, generation), Status.EARLY, Cause.PREVIEW);
    }

    private static int last(Published before, int generation) {
        return before != null && before.generation() == generation ? before.rev() : 0;
    }
}
