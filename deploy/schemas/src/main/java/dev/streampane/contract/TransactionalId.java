// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose transaction it is: {@code <job>-<generation>-<subtask>-<checkpoint>}, such as {@code weather-average-2-0-17}.
 *
 * @param checkpoint the checkpoint whose completion commits it
 */
public record TransactionalId(String job, int generation, long checkpoint) {

    private static final Pattern ID = Pattern.compile("(.+)-([0-9]{1,9})-[0-9]{1,9}-([0-9]{1,18})");

    /** What {@code id} says; nothing when it is not a job's. */
    public static Optional<TransactionalId> parse(String id) {
        Matcher parts = ID.matcher(id);
        return parts.matches()
                ? Optional.of(new TransactionalId(
                        parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3))))
                : Optional.empty();
    }
}
