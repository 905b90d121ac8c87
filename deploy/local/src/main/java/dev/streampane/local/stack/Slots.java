// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;

/** Slots of Flink's TaskManagers. */
public final class Slots {

    private Slots() {}

    /**
     * Refuses a start that would wait for slots.
     *
     * @param what name of what needs the slots, for the message
     * @param given slots that it gets in addition to the free ones
     * @throws StackException saying how many it needs and how many there are
     */
    public static void check(FlinkRest flink, String what, int needed, int given) throws IOException {
        int free = flink.freeSlots() + given;
        if (needed > free) {
            throw StackException.notAllowed(
                    "%s needs %d slots, and Flink has %d for it: take a lower parallelism, or start the stack with more jobs or a higher one"
                            .formatted(what, needed, free));
        }
    }
}
