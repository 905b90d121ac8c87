// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Reach;
import dev.streampane.results.tail.Tail;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A stream that looks for its place: in the tail, in the log, or a moment later when another process was ahead of this one. */
final class ResumeStage implements Stage {

    /** How far one process is ahead of another when nothing is wrong. */
    private static final long AHEAD_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How long a process may be behind the log, or not know of a partition or that a topic was made anew. */
    private static final long BEHIND_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Position wanted;
    private final boolean slow;
    private final long begun = System.nanoTime();
    private boolean asked;
    private boolean beyondTheLog;

    /**
     * @param wanted what the client has seen, of every topic that is followed
     * @param slow whether it is here because it has fallen behind
     */
    ResumeStage(Position wanted, boolean slow) {
        this.wanted = wanted;
        this.slow = slow;
    }

    /** A client's own position; topics that it leaves out go on from now. */
    static ResumeStage asked(Tail tail, Position wanted) {
        List<Position.Topic> topics = new ArrayList<>(wanted.topics());
        tail.position().topics().stream()
                .filter(topic -> wanted.topic(topic.name()).isEmpty())
                .forEach(topics::add);
        return new ResumeStage(Position.of(topics), false);
    }

    /** The place of a client that was there before. */
    static ResumeStage at(String place, boolean slow) {
        return new ResumeStage(Position.parse(place).orElseThrow(), slow);
    }

    @Override
    public Stage run(StreamClient client) {
        Tail tail = client.feed().tail();
        Tail.ResumePoint resumed = tail.resume(wanted);
        if (resumed.place().isPresent()) {
            return new TailStage(tail, resumed.place().get(), slow);
        }
        if (resumed.reach() == Reach.OLDER) {
            return new CatchUpStage(wanted, slow);
        }
        return mayCome(client, resumed.reach()) ? this : client.reset(ResetReason.of(resumed.reach()));
    }

    /** Whether this process is behind; the broker's end offsets tell that from a position that was never valid. */
    private boolean mayCome(StreamClient client, Reach reach) {
        long waited = System.nanoTime() - begun;
        if (reach == Reach.AHEAD && waited < AHEAD_NANOS) {
            return true;
        }
        if (!asked) {
            asked = true;
            String principal = client.request().filter().access().name();
            client.ask(client.feed().catchUp().reaches(wanted, principal), reaches -> beyondTheLog = !reaches);
        }
        return !beyondTheLog && waited < BEHIND_NANOS;
    }
}
