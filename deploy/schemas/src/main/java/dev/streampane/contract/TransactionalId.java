// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job's Kafka transactional id: {@code <job>-<generation>-<subtask>-<checkpoint>}, such as {@code weather-average-2-0-17}.
 *
 * @param checkpoint the checkpoint whose completion commits the transaction
 */
public record TransactionalId(String job, int generation, long checkpoint) {

    private static final Pattern ID = Pattern.compile("(.+)-([0-9]{1,9})-[0-9]{1,9}-([0-9]{1,18})");

    /** Parses {@code id}; empty if it is not the id of a job. */
    public static Optional<TransactionalId> parse(String id) {
        Matcher parts = ID.matcher(id);
        return parts.matches()
                ? Optional.of(new TransactionalId(
                        parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3))))
                : Optional.empty();
    }
}
