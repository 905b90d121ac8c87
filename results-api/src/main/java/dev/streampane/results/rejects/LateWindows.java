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
 * Which windows a record missed: the range of window starts, {@code [from, to)}, in which all of them lie.
 *
 * <p>{@code tumbling(1m)}, 06:00:30: {@code [06:00:00, 06:00:00.001)}. {@code sliding(10m,1m)}, 06:00:30: {@code [05:50:30.001,
 * 06:00:30.001)}. {@code session(30s)}, 06:00:30: up to 06:01:00.001, for a session may have begun long before.
 *
 * @param from first start; nothing when it cannot be told
 * @param to behind the last start
 */
record LateWindows(Optional<Instant> from, Instant to) {

    /** The windows of {@code text} that hold {@code eventTime}; nothing where there are none, or it is no specification. */
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
