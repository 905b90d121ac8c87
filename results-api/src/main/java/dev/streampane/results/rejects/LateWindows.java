// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpec.Global;
import dev.streampane.contract.WindowSpec.Session;
import dev.streampane.contract.WindowSpec.Sliding;
import dev.streampane.contract.WindowSpecParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * The windows that a late record missed, as the range {@code [from, to)} of their starts.
 *
 * <p>{@code tumbling(1m)}, 06:00:30: {@code [06:00:00, 06:00:00.001)}. {@code sliding(10m,1m)}, 06:00:30:
 * {@code [05:50:30.001, 06:00:30.001)}. {@code session(30s)}, 06:00:30: up to 06:01:00.001, because the session may have begun long before.
 *
 * @param from first start; empty if it is unknown
 * @param to exclusive end of the starts
 */
record LateWindows(Optional<Instant> from, Instant to) {

    /** The windows of specification {@code text} that contain {@code eventTime}; empty if it has no such windows or is not a specification. */
    static Optional<LateWindows> of(String text, Instant eventTime) {
        try {
            long time = eventTime.toEpochMilli();
            WindowSpec spec = WindowSpecParser.parse(text);
            if (spec instanceof Sliding sliding) {
                return between(time - sliding.size().toMillis() + 1, time);
            }
            if (spec instanceof Session session) {
                Instant last = Instant.ofEpochMilli(time + session.gap().toMillis() + 1);
                return Optional.of(new LateWindows(Optional.empty(), last));
            }
            return spec instanceof Global ? Optional.empty() : between(spec.firstStart(time), spec.firstStart(time));
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<LateWindows> between(long first, long last) {
        return Optional.of(new LateWindows(Optional.of(Instant.ofEpochMilli(first)), Instant.ofEpochMilli(last + 1)));
    }
}
