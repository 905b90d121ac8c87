// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Reach;
import java.util.concurrent.TimeUnit;

/** A stream whose position this process has not reached, or does not know. It waits a moment, as another process may be ahead of this one. */
final class AheadStage implements Stage {

    /** How far one process may be ahead of another in normal operation. */
    private static final long AHEAD_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How long a process may be behind the log, or may not have noticed a new partition or a recreated topic. */
    private static final long BEHIND_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Position wanted;
    private final boolean slow;
    private final long begun = System.nanoTime();
    private boolean asked;
    private boolean beyondTheLog;

    AheadStage(Position wanted, boolean slow) {
        this.wanted = wanted;
        this.slow = slow;
    }

    @Override
    public Stage run(StreamClient client) {
        Reach reach = client.feed().tail().reach(wanted);
        if (reach == Reach.HELD || reach == Reach.OLDER) {
            return new BehindStage(wanted, slow);
        }
        return mayCome(client, reach) ? this : client.reset(ResetReason.of(reach));
    }

    /** Whether this process may still reach the position; the broker's end offsets tell whether it is valid at all. */
    private boolean mayCome(StreamClient client, Reach reach) {
        long waited = System.nanoTime() - begun;
        if (reach == Reach.AHEAD && waited < AHEAD_NANOS) {
            return true;
        }
        if (!asked) {
            asked = true;
            String principal = client.request().access().name();
            client.ask(client.feed().catchUp().reaches(wanted, principal), reaches -> beyondTheLog = !reaches);
        }
        return !beyondTheLog && waited < BEHIND_NANOS;
    }
}
